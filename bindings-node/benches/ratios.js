// Ratios against Rust, measured in the same run: `cargo xtask bench node`. As in core/benches/ratios,
// of short rounds the best counts. `ratios.js PACKAGE [NAME] [--json]
// NAME=VALUE …`, where the values are what Rust does.

// The package as it is released, which is not the one beside this file.
const anysspi = require(process.argv[2])

const ROUNDS = 15
const ROUND = 0.06
const USER = 'CORP\\alice'
const PASSWORD = 'Passw0rd!'

// Acquired once, as in the benches of Rust.
const client = new anysspi.Credential('NTLM', anysspi.password(USER, PASSWORD))
const server = new anysspi.Credential('NTLM', anysspi.accounts({ [USER]: PASSWORD }))

function contexts() {
  const one = anysspi.initiate('NTLM', { credential: client })
  const other = anysspi.accept('NTLM', { credential: server })
  let token = one.step()
  while (!other.done) {
    const answer = other.step(token)
    if (answer !== null) token = one.step(answer)
  }
  return [one.context, other.context]
}

/** A handshake whose ends are freed, as those of Rust are in its bench. */
function pair() {
  for (const context of contexts()) context.close()
}

function protection(length) {
  const message = Buffer.alloc(length, 0x5a)
  const [one, other] = contexts()
  return () => other.unwrap(one.wrap(message))
}

const ROWS = [
  ['node.ntlm.handshake', 'pair/s', 'ntlm.handshake', 1, () => pair],
  ['node.ntlm.protect.64k', 'MB/s', 'ntlm.protect.64k', 65536 / 1e6, () => protection(65536)],
]

function secondsPerCall(turn, calls) {
  const start = process.hrtime.bigint()
  for (let call = 0; call < calls; call += 1) turn()
  return Number(process.hrtime.bigint() - start) / 1e9 / calls
}

function callsPerRound(turn) {
  for (let calls = 1; ; calls *= 2) {
    const seconds = secondsPerCall(turn, calls) * calls
    if (seconds > ROUND / 4) return Math.max(1, Math.floor((ROUND * calls) / seconds))
  }
}

function best(turn) {
  const calls = callsPerRound(turn)
  return Math.min(...Array.from({ length: ROUNDS }, () => secondsPerCall(turn, calls)))
}

function main(given) {
  const name = given.find((word) => !word.startsWith('-') && !word.includes('=')) ?? 'node'
  const rust = new Map(given.filter((word) => word.includes('=')).map((word) => word.split('=')))
  for (const [row, unit, peer, units, make] of ROWS.filter(([row]) => row.startsWith(name))) {
    const [ours, theirs] = [units / best(make()), Number(rust.get(peer))]
    const ratio = ours / theirs
    const numbers = {
      ours: ours.toFixed(1),
      peer_value: theirs.toFixed(1),
      ratio: ratio.toFixed(2),
    }
    if (given.includes('--json')) {
      const json = Object.fromEntries(Object.entries(numbers).map(([key, text]) => [key, +text]))
      console.log(JSON.stringify({ name: row, unit, peer, ...json }))
    } else {
      console.log(
        `${row.padEnd(27)} ${numbers.ours.padStart(12)} ${numbers.peer_value.padStart(12)}  ` +
          `${unit.padEnd(8)} ${numbers.ratio.padStart(6)}  ${peer}`,
      )
    }
  }
}

main(process.argv.slice(3))
