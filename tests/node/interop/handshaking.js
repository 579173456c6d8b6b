// What the main thread and the workers do. As a worker it does what its data says.
const { parentPort, workerData } = require('node:worker_threads')
const { setTimeout: sleep } = require('node:timers/promises')
const anysspi = require('anysspi')

/** Both ends of a handshake in this thread; gives both contexts. */
async function handshake(packageName, user, word, lookUp) {
  const client = anysspi.initiate(packageName, { credential: anysspi.password(user, word) })
  const server = anysspi.accept(packageName, { credential: anysspi.accounts(lookUp) })
  let token = await client.stepAsync()
  while (token !== null) {
    token = await server.stepAsync(token)
    if (token !== null) token = await client.stepAsync(token)
  }
  return [client.context, server.context]
}

/** Handshakes as a user whom only this thread's look-up knows; gives what came of each. */
async function handshakes(name, count, meeting) {
  const user = `CORP\\${name}`
  const word = `the password of ${name}`
  let lookUps = 0
  const results = []
  for (let turn = 0; turn < count; turn += 1) {
    const packageName = turn % 2 === 0 ? 'NTLM' : 'Negotiate'
    const [client, server] = await handshake(packageName, user, word, async (asked, domain) => {
      lookUps += 1
      if (meeting && lookUps === 1) {
        Atomics.add(meeting.asked, 0, 1)
        while (Atomics.load(meeting.asked, 0) < meeting.all) await sleep(1)
      }
      await new Promise((resolve) => setImmediate(resolve))
      return asked === name && domain === 'CORP' ? { name: user, password: word } : null
    })
    const there = server.unwrap(client.wrap(Buffer.from(`${name} ${turn}`)))
    const back = client.unwrap(await server.wrapAsync(there))
    results.push(`${server.client} ${back}`)
  }
  return { results, lookUps }
}

/** What is to be known of an error in the thread where it was thrown. */
function factsOf(error) {
  return {
    isOfItsClass: error instanceof anysspi[error.name],
    isSspiError: error instanceof anysspi.SspiError,
    isError: error instanceof Error,
    name: error.name,
    code: error.code,
    status: error.status,
    family: error.family,
    cause: error.cause?.message ?? null,
  }
}

async function errors() {
  const known = () => ({ name: 'CORP\\alice', password: 'right' })
  const broken = () => {
    throw new RangeError('the database is away')
  }
  const away = async () => broken()
  const [client, server] = await handshake('NTLM', 'CORP\\alice', 'right', known)
  const sealed = client.wrap(Buffer.from('hello'))
  sealed[17] ^= 1
  const attempts = [
    () => anysspi.packageInfo('Nonesuch'),
    () => handshake('NTLM', 'CORP\\alice', 'wrong', known),
    () => handshake('Negotiate', 'CORP\\alice', 'right', broken),
    () => handshake('NTLM', 'CORP\\alice', 'right', away),
    () => server.unwrap(sealed),
    () => {
      client.close()
      client.wrap(Buffer.from('late'))
    },
  ]
  const facts = []
  for (const attempt of attempts) {
    try {
      await attempt()
      facts.push('nothing was thrown')
    } catch (error) {
      facts.push(factsOf(error))
    }
  }
  return facts
}

/** Says when all its look-ups are asked, and never answers. Several, so that their ends meet. */
function neverSettles() {
  const all = 16
  let asked = 0
  const one = () =>
    handshake('NTLM', 'CORP\\alice', 'secret', () => {
      asked += 1
      if (asked === all) parentPort.postMessage('looking')
      return new Promise(() => {})
    })
  return Promise.all(Array.from({ length: all }, one))
}

const deeds = {
  handshakes: () => handshakes(workerData.name, workerData.count, workerData.meeting),
  errors,
  neverSettles,
}

const deed = deeds[workerData?.deed]
if (deed) {
  parentPort.once('message', async () => parentPort.postMessage(await deed()))
  parentPort.postMessage('ready')
}

module.exports = { handshake, handshakes, errors }
