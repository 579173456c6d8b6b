// Peers are found by the variables that `cargo xtask test` sets.

/** `test` where the peer is there; otherwise the test is skipped loudly, or fails. */
function testWith(variable) {
  if (process.env[variable]) return test
  if (process.env.ANYSSPI_REQUIRE_PEERS) {
    return (name) =>
      test(name, () => {
        throw new Error(
          `${variable} is not set, and ANYSSPI_REQUIRE_PEERS says that no peer may be missing: ` +
            'run `cargo xtask test`, which gets the peers',
        )
      })
  }
  return (name) => {
    // Not with console.log: jest would add a stack trace, and hide it with --silent.
    process.stderr.write(`SKIPPED: ${name}: ${variable} is not set; run \`cargo xtask test\`\n`)
    test.skip(name, () => {})
  }
}

module.exports = { testWith }
