const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { Worker } = require('node:worker_threads')
const { errors, handshakes } = require('./handshaking.js')

const workers = []

afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.terminate())))

async function start(workerData) {
  const worker = new Worker(join(__dirname, 'handshaking.js'), { workerData })
  workers.push(worker)
  const [message] = await once(worker, 'message')
  expect(message).toBe('ready')
  return worker
}

async function run(worker) {
  worker.postMessage('go')
  const [message] = await once(worker, 'message')
  return message
}

/** A process of its own, since a crash would be the end of the tests too. */
async function terminate(how, count) {
  const child = spawn(process.execPath, [join(__dirname, 'terminating.js'), how, String(count)])
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  return { code, signal, output }
}

const expected = (name, count) => ({
  results: Array.from({ length: count }, (_, turn) => `CORP\\${name} ${name} ${turn}`),
  lookUps: count,
})

test('four workers and the main thread make handshakes at once', async () => {
  const names = ['alice', 'bob', 'carol', 'dave']
  // No first look-up has an answer before all five threads are asked.
  const meeting = { all: 5, asked: new Int32Array(new SharedArrayBuffer(4)) }
  const started = await Promise.all(
    names.map((name) => start({ deed: 'handshakes', name, count: 50, meeting })),
  )
  const results = await Promise.all([
    ...started.map((worker) => run(worker)),
    handshakes('main', 50, meeting),
  ])
  expect(results).toEqual([...names, 'main'].map((name) => expected(name, 50)))
})

test('a look-up is asked in the thread of its handshake', async () => {
  // Both threads have the same names and the same count, and would be mixed up if anything were.
  const worker = await start({ deed: 'handshakes', name: 'alice', count: 20 })
  const [there, here] = await Promise.all([run(worker), handshakes('alice', 20)])
  expect(there).toEqual(expected('alice', 20))
  expect(here).toEqual(expected('alice', 20))
})

test('the main thread goes on after workers have ended', async () => {
  for (const name of ['alice', 'bob']) {
    const worker = await start({ deed: 'handshakes', name, count: 2 })
    expect(await run(worker)).toEqual(expected(name, 2))
    await worker.terminate()
    expect(await handshakes('main', 2)).toEqual(expected('main', 2))
  }
})

test('errors have their class and code in a worker', async () => {
  const facts = await run(await start({ deed: 'errors' }))
  const kinds = [
    ['SecpkgNotFound', 'SEC_E_SECPKG_NOT_FOUND', 0x80090305, null],
    ['LogonDenied', 'SEC_E_LOGON_DENIED', 0x8009030c, null],
    ['InternalError', 'SEC_E_INTERNAL_ERROR', 0x80090304, 'the database is away'],
    ['InternalError', 'SEC_E_INTERNAL_ERROR', 0x80090304, 'the database is away'],
    ['MessageAltered', 'SEC_E_MESSAGE_ALTERED', 0x8009030f, null],
    ['InvalidHandle', 'SEC_E_INVALID_HANDLE', 0x80090301, null],
  ]
  expect(facts).toEqual(
    kinds.map(([name, code, status, cause]) => ({
      isOfItsClass: true,
      isSspiError: true,
      isError: true,
      name,
      code,
      status,
      cause,
      family: expect.any(String),
    })),
  )
  // The same as on the main thread.
  expect(facts).toEqual(await errors())
})

test('an error that a worker does not catch arrives as an error', async () => {
  const worker = new Worker(
    `require(${JSON.stringify(require.resolve('anysspi'))}).packageInfo('Nonesuch')`,
    { eval: true },
  )
  workers.push(worker)
  const [error] = await once(worker, 'error')
  expect(error.message).toMatch(/^SEC_E_SECPKG_NOT_FOUND: /)
})

test('a worker whose look-up never settles can be terminated, and the process ends', async () => {
  expect(await terminate('never settles', 1)).toEqual({ code: 0, signal: null, output: '4 more\n' })
})

test('a process outlives two hundred workers whose look-ups never settle', async () => {
  expect(await terminate('never settles', 200)).toEqual({
    code: 0,
    signal: null,
    output: '4 more\n',
  })
})

test('a process outlives workers terminated in the midst of handshakes', async () => {
  expect(await terminate('in the midst', 200)).toEqual({
    code: 0,
    signal: null,
    output: '4 more\n',
  })
})

test('a process can exit while a look-up in a worker never settles', async () => {
  expect(await terminate('exits by itself', 1)).toEqual({ code: 0, signal: null, output: '' })
})
