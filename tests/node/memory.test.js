'use strict'

// Nothing is kept of handshakes that are over, whether they stood or failed. In a process of its own,
// which alone can be told to collect.

const { execFileSync } = require('node:child_process')

const HANDSHAKES = 100_000
const MIB = 1 << 20

function measure(path, count) {
  const { Credential, LogonDenied, accept, accounts, initiate, password } = require(path)
  const right = new Credential('NTLM', password('alice', 'secret'))
  const wrong = new Credential('NTLM', password('alice', 'wrong'))
  const server = new Credential('NTLM', accounts({ alice: 'secret' }))

  function logIn(isGood) {
    const client = initiate('NTLM', { credential: isGood ? right : wrong })
    const other = accept('NTLM', { credential: server })
    for (const token of client) {
      const answer = other.step(token)
      if (answer !== null && !client.done) client.receive(answer)
    }
  }

  async function run(times) {
    for (let time = 0; time < times; time += 1) {
      try {
        logIn(time % 2 === 0)
      } catch (error) {
        if (!(error instanceof LogonDenied) || time % 2 === 0) throw error
      }
      // What is collected is freed between turns of the event loop.
      if (time % 1000 === 0) await new Promise(setImmediate)
    }
    for (let time = 0; time < 5; time += 1) {
      globalThis.gc()
      await new Promise(setImmediate)
    }
    return process.memoryUsage.rss()
  }

  // The heaps of both halves find their sizes first, which may take more than one round. What is kept
  // of a handshake would be kept in every round.
  return (async () => {
    const sizes = [await run(count), await run(count), await run(count)]
    return Math.min(sizes[1] - sizes[0], sizes[2] - sizes[1])
  })()
}

test('a hundred thousand handshakes leave memory as it was', () => {
  const module = JSON.stringify(require.resolve('../../bindings-node'))
  const script = `(${measure})(${module}, ${HANDSHAKES}).then((grown) => console.log(grown))`
  // The room for young objects is V8's to enlarge, and is nothing that is kept.
  const flags = ['--expose-gc', '--max-semi-space-size=2']
  const said = execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' })
  expect(Number(said) / MIB).toBeLessThan(10)
}, 120_000)
