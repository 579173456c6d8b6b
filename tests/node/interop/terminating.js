// A process that terminates workers in the midst of handshakes, and then has to end by itself.
const { once } = require('node:events')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { Worker } = require('node:worker_threads')
const { handshakes } = require('./handshaking.js')

const [how, text] = process.argv.slice(2)
const count = Number(text)

async function start(workerData) {
  const worker = new Worker(join(__dirname, 'handshaking.js'), { workerData })
  await once(worker, 'message')
  worker.postMessage('go')
  return worker
}

const deeds = {
  async 'never settles'() {
    const worker = await start({ deed: 'neverSettles' })
    const [message] = await once(worker, 'message')
    if (message !== 'looking') throw new Error(`not asked: ${message}`)
    await worker.terminate()
  },
  async 'exits by itself'() {
    const worker = await start({ deed: 'neverSettles' })
    await once(worker, 'message')
    // The whole process ends while the step is under way.
    process.exit(0)
  },
  // At another moment each time.
  async 'in the midst'(turn) {
    const worker = await start({ deed: 'handshakes', name: 'alice', count: 1e6 })
    await sleep(turn % 7)
    await worker.terminate()
  },
}

async function main() {
  const turns = Array.from({ length: count }, (_, turn) => turn)
  // Four at a time.
  while (turns.length > 0) await Promise.all(turns.splice(0, 4).map(deeds[how]))
  const { results } = await handshakes('bob', 4)
  process.stdout.write(`${results.length} more\n`)
}

main()
