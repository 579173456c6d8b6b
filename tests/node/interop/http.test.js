const { execFile } = require('node:child_process')
const { mkdtemp, rm, writeFile } = require('node:fs/promises')
const http = require('node:http')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { promisify } = require('node:util')
const { LogonDenied, accept, accounts } = require('anysspi')
const { testWith } = require('./peer.js')

const PASSWORD = 'Passw0rd!'
const KNOWN = new Map([
  ['CORP\\ALICE', { name: 'CORP\\alice', password: PASSWORD }],
  ['CORP\\BOB', { name: 'CORP\\bob', password: 'another' }],
])

// HTTP protects no messages with the context.
const PROTECTION = ['INTEGRITY', 'CONFIDENTIALITY', 'REPLAY_DETECT', 'SEQUENCE_DETECT']

async function lookUp(user, domain) {
  await sleep(5)
  return KNOWN.get(`${domain}\\${user}`.toUpperCase())
}

/** A server whose pages are their readers' names, and what it saw. */
class Server {
  connections = 0
  logins = []
  refusals = []
  bodies = []

  static async start(scheme, look = lookUp) {
    const server = new Server()
    server.scheme = scheme
    server.lookUp = look
    // The login is the connection's and not the request's.
    const states = new WeakMap()
    server.http = http.createServer((request, response) => {
      const state = states.get(request.socket)
      server.answer(state, request, response).catch((error) => {
        response.writeHead(500).end(`${error.code} ${error.cause?.message}\n`)
      })
    })
    server.http.on('connection', (socket) => {
      server.connections += 1
      states.set(socket, { number: server.connections, handshake: null, name: null })
    })
    await new Promise((resolve) => server.http.listen(0, '127.0.0.1', resolve))
    return server
  }

  // By name, since MIT's SPNEGO wants one to make a target's of.
  url(page) {
    return `http://localhost:${this.http.address().port}/${page}`
  }

  async answer(state, request, response) {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const [scheme, text = ''] = (request.headers.authorization ?? '').split(' ')
    const token = scheme === this.scheme ? await this.step(state, text) : null
    if (token) response.setHeader('WWW-Authenticate', `${this.scheme} ${token.toString('base64')}`)
    else if (!state.name) response.setHeader('WWW-Authenticate', this.scheme)
    if (!state.name) {
      response.writeHead(401).end('nobody\n')
    } else {
      this.bodies.push(body)
      response.writeHead(200).end(`${request.url} ${state.name} ${state.number}\n`)
    }
  }

  /** The token for the client. */
  async step(state, text) {
    if (!state.handshake) {
      state.name = null
      state.handshake = accept(this.scheme, {
        credential: accounts(this.lookUp),
        relax: PROTECTION,
      })
    }
    const { handshake } = state
    try {
      const token = await handshake.stepAsync(Buffer.from(text, 'base64'))
      if (handshake.done) {
        state.name = handshake.context.client
        state.handshake = null
        this.logins.push(state.name)
      }
      return token
    } catch (error) {
      state.handshake = null
      this.refusals.push(error)
      if (error.cause) throw error
      return error.token
    }
  }

  async close() {
    const closed = new Promise((resolve) => this.http.close(resolve))
    this.http.closeAllConnections()
    await closed
  }
}

let directory
let users = 0
const servers = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anysspi-http-'))
})

afterAll(() => rm(directory, { recursive: true }))

afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

async function serve(...options) {
  const server = await Server.start(...options)
  servers.push(server)
  return server
}

/** The lines that curl prints: each body, and after it the status. */
async function curl(scheme, user, password, urls, more = []) {
  const env = { ...process.env }
  const login = []
  if (scheme === 'NTLM') {
    login.push('--ntlm', '--user', `${user}:${password}`)
  } else {
    users += 1
    env.NTLM_USER_FILE = join(directory, `user-${users}`)
    await writeFile(env.NTLM_USER_FILE, `${user.replace('\\', ':')}:${password}\n`)
    // Without a ticket there is only NTLM.
    env.KRB5CCNAME = 'MEMORY:'
    env.KRB5_CONFIG = '/dev/null'
    login.push('--negotiate', '--user', ':')
  }
  const { stdout } = await promisify(execFile)(
    process.env.ANYSSPI_CURL,
    [
      // No configuration and no proxy of whoever runs the tests.
      ...['--disable', '--noproxy', '*', '--silent', '--show-error', '--ipv4'],
      ...['--max-time', '15', '--write-out', '%{http_code}\n'],
      ...login,
      ...more,
      ...urls,
    ],
    { env },
  )
  return stdout.trimEnd().split('\n')
}

/** What a client without curl gets, on a connection of its own. */
function ask(server, headers) {
  return new Promise((resolve, reject) => {
    const options = { agent: false, family: 4, headers: { ...headers, Connection: 'close' } }
    http
      .get(server.url('page'), options, (response) => {
        response.resume()
        response.on('end', () => resolve(response))
      })
      .on('error', reject)
  })
}

describe.each(['NTLM', 'Negotiate'])('%s', (scheme) => {
  const testCurl = testWith('ANYSSPI_CURL')

  testCurl('curl is let in with the right password', async () => {
    const server = await serve(scheme)
    for (const [user, password, name] of [
      ['CORP\\alice', PASSWORD, 'CORP\\alice'],
      ['corp\\ALICE', PASSWORD, 'CORP\\alice'],
      ['CORP\\bob', 'another', 'CORP\\bob'],
    ]) {
      const [body, status] = await curl(scheme, user, password, [server.url('page')])
      expect(status).toBe('200')
      expect(body).toBe(`/page ${name} ${server.connections}`)
    }
    expect(server.logins).toEqual(['CORP\\alice', 'CORP\\alice', 'CORP\\bob'])
    expect(server.refusals).toEqual([])
  })

  testCurl('curl is refused with a wrong password and as an unknown user', async () => {
    const server = await serve(scheme)
    const attempts = [
      ['CORP\\alice', 'wrong'],
      ['CORP\\alice', 'passw0rd!'],
      ['CORP\\bob', PASSWORD],
      ['CORP\\mallory', PASSWORD],
      ['OTHER\\alice', PASSWORD],
    ]
    for (const [user, password] of attempts) {
      const lines = await curl(scheme, user, password, [server.url('page')])
      expect(lines).toEqual(['nobody', '401'])
    }
    expect(server.logins).toEqual([])
    expect(server.refusals).toHaveLength(attempts.length)
    for (const error of server.refusals) {
      expect(error).toBeInstanceOf(LogonDenied)
      expect(error.code).toBe('SEC_E_LOGON_DENIED')
    }
  })

  testCurl('one login is enough for a connection', async () => {
    const server = await serve(scheme)
    const pages = ['one', 'two', 'three']
    const urls = pages.map((page) => server.url(page))
    const lines = await curl(scheme, 'CORP\\alice', PASSWORD, urls)
    expect(lines).toEqual(pages.flatMap((page) => [`/${page} CORP\\alice 1`, '200']))
    expect(server.connections).toBe(1)
    expect(server.logins).toEqual(['CORP\\alice'])
  })

  testCurl('each connection has to log in', async () => {
    const server = await serve(scheme)
    for (const number of [1, 2]) {
      const lines = await curl(scheme, 'CORP\\alice', PASSWORD, [server.url('page')])
      expect(lines).toEqual([`/page CORP\\alice ${number}`, '200'])
    }
    expect(server.logins).toHaveLength(2)
    expect((await ask(server, {})).statusCode).toBe(401)
  })

  testCurl('a body arrives once, after the login', async () => {
    const server = await serve(scheme)
    const sent = ['--data', 'hello from curl']
    const lines = await curl(scheme, 'CORP\\alice', PASSWORD, [server.url('page')], sent)
    expect(lines).toEqual(['/page CORP\\alice 1', '200'])
    expect(server.bodies).toEqual(['hello from curl'])
  })

  testCurl('eight curls at once do not wait for each other', async () => {
    const attempts = Array.from(
      { length: 8 },
      (_, turn) =>
        [
          ['CORP\\alice', PASSWORD, true],
          ['CORP\\bob', 'another', true],
          ['CORP\\bob', PASSWORD, false],
          ['CORP\\mallory', 'another', false],
        ][turn % 4],
    )
    // No look-up has an answer before all are asked: eight steps are under way at once.
    let asked = 0
    let allAreAsked
    const all = new Promise((resolve) => {
      allAreAsked = resolve
    })
    const server = await serve(scheme, async (...query) => {
      asked += 1
      if (asked === attempts.length) allAreAsked()
      await all
      return lookUp(...query)
    })
    const urls = ['one', 'two'].map((page) => server.url(page))
    // Whoever is refused would ask again for the second page.
    const results = await Promise.all(
      attempts.map(([user, password, isRight]) =>
        curl(scheme, user, password, isRight ? urls : urls.slice(0, 1)),
      ),
    )
    for (const [at, [user, , isRight]] of attempts.entries()) {
      if (isRight) {
        const [one, , two] = results[at]
        const number = one.split(' ').at(-1)
        expect(results[at]).toEqual([
          `/one ${user} ${number}`,
          '200',
          `/two ${user} ${number}`,
          '200',
        ])
        expect(two).toContain(user)
      } else {
        expect(results[at]).toEqual(['nobody', '401'])
      }
    }
    expect(asked).toBe(8)
    expect(server.connections).toBe(8)
    expect([...server.logins].sort()).toEqual(
      ['CORP\\alice', 'CORP\\bob'].flatMap((name) => [name, name]),
    )
    expect(server.refusals.map((error) => error.code)).toEqual(Array(4).fill('SEC_E_LOGON_DENIED'))
  })

  testCurl('a look-up that fails is the server’s error and lets nobody in', async () => {
    const server = await serve(scheme, async () => {
      await sleep(5)
      throw new Error('the database is away')
    })
    const lines = await curl(scheme, 'CORP\\alice', PASSWORD, [server.url('page')])
    expect(lines).toEqual(['SEC_E_INTERNAL_ERROR the database is away', '500'])
    expect(server.logins).toEqual([])
  })

  test('a client without a token is told the scheme', async () => {
    const server = await serve(scheme)
    const response = await ask(server, {})
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toBe(scheme)
  })

  test('a token of garbage is refused, and the server goes on', async () => {
    const server = await serve(scheme)
    // The second one is the beginning of a NEGOTIATE_MESSAGE.
    for (const text of ['AAAA', 'TlRMTVNTUAABAAAA', 'bm90IGEgdG9rZW4=']) {
      const response = await ask(server, { Authorization: `${scheme} ${text}` })
      expect(response.statusCode).toBe(401)
    }
    expect(server.logins).toEqual([])
    expect(server.refusals.map((error) => error.code)).toEqual(Array(3).fill('SEC_E_INVALID_TOKEN'))
  })
})
