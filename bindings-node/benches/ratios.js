// Ratios against Rust, measured in the same run: `cargo xtask bench node`. As in core/benches/ratios,
// of short rounds the best counts. `ratios.js PACKAGE [NAME] [--json]
// NAME=VALUE …`, where the values are what Rust does.

// The package as it is released, which is not the one beside this file.
const anysspi = require(process.argv[2])
const { monitorEventLoopDelay } = require('node:perf_hooks')

const ROUNDS = 15
const ROUND = 0.06
/** Handshakes off the main thread: how many at once, for how long, and how late the loop may be. */
const AT_ONCE = 200
const SECONDS_OFF_THREAD = 2
const WANTED = 2
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

/** A handshake off the main thread. */
async function pairOffThread() {
  const one = anysspi.initiate('NTLM', { credential: client })
  const other = anysspi.accept('NTLM', { credential: server })
  let token = await one.stepAsync()
  while (!other.done) {
    const answer = await other.stepAsync(token)
    if (answer !== null) token = await one.stepAsync(answer)
  }
  one.context.close()
  other.context.close()
}

/**
 * By how many milliseconds the event loop is late, at most, in 99 of 100 cases, while so many handshakes
 * run off the main thread, and how many there are in a second.
 */
async function lateness(atOnce) {
  // What is recorded is from one turn to the next, with the interval between them.
  const interval = 1
  const delay = monitorEventLoopDelay({ resolution: interval })
  let pairs = 0
  const start = performance.now()
  const until = start + SECONDS_OFF_THREAD * 1000
  delay.enable()
  const run = async () => {
    for (; performance.now() < until; pairs += 1) await pairOffThread()
  }
  await Promise.all(Array.from({ length: atOnce }, run))
  delay.disable()
  const seconds = (performance.now() - start) / 1000
  return [Math.max(0, delay.percentile(99) / 1e6 - interval), pairs / seconds]
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

function print(isJson, [name, unit, peer, ours, theirs]) {
  const numbers = {
    ours: ours.toFixed(unit === 'ms' ? 2 : 1),
    peer_value: theirs.toFixed(1),
    ratio: (ours / theirs).toFixed(2),
  }
  if (isJson) {
    const json = Object.fromEntries(Object.entries(numbers).map(([key, text]) => [key, +text]))
    console.log(JSON.stringify({ name, unit, peer, ...json }))
  } else {
    console.log(
      `${name.padEnd(27)} ${numbers.ours.padStart(12)} ${numbers.peer_value.padStart(12)}  ` +
        `${unit.padEnd(8)} ${numbers.ratio.padStart(6)}  ${peer}`,
    )
  }
}

async function main(given) {
  const wanted = given.find((word) => !word.startsWith('-') && !word.includes('=')) ?? 'node'
  const isJson = given.includes('--json')
  const rust = new Map(given.filter((word) => word.includes('=')).map((word) => word.split('=')))
  for (const [name, unit, peer, units, make] of ROWS.filter(([name]) => name.startsWith(wanted))) {
    print(isJson, [name, unit, peer, units / best(make()), Number(rust.get(peer))])
  }
  if ('node.ntlm.async'.startsWith(wanted) || wanted.startsWith('node.ntlm.async')) {
    await lateness(AT_ONCE)
    const [late, pairs] = await lateness(AT_ONCE)
    const peer = 'ntlm.handshake'
    print(isJson, ['node.ntlm.async.handshake', 'pair/s', peer, pairs, Number(rust.get(peer))])
    print(isJson, ['node.ntlm.async.delay', 'ms', 'the most that is wanted', late, WANTED])
  }
}

main(process.argv.slice(3))
