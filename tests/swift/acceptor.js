// A server in Node for a client in Swift: `node acceptor.js` prints its port, and serves until its
// standard input ends. A client sends the package's name in a frame, then its tokens; then both sides
// send messages. A frame is a length of four bytes, the most significant first, and its bytes.
const { once } = require('node:events')
const { createServer } = require('node:net')
const anysspi = require('../../bindings-node')

const ACCOUNTS = anysspi.accounts({ 'CORP\\alice': 'Passw0rd!' })

async function* framesOf(socket) {
  let bytes = Buffer.alloc(0)
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
      const end = 4 + bytes.readUInt32BE()
      yield bytes.subarray(4, end)
      bytes = bytes.subarray(end)
    }
  }
}

async function send(socket, bytes) {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  if (!socket.write(Buffer.concat([length, bytes]))) await once(socket, 'drain')
}

async function serve(socket) {
  const frames = framesOf(socket)
  const receive = async () => (await frames.next()).value
  const packageName = (await receive()).toString()
  const handshake = anysspi.accept(packageName, { credential: ACCOUNTS })
  try {
    handshake.receive(await receive())
    for await (const token of handshake) {
      await send(socket, token)
      if (!handshake.done) handshake.receive(await receive())
    }
  } catch (error) {
    if (error.token) await send(socket, error.token)
    throw error
  }
  const { context } = handshake
  await send(socket, context.wrap(Buffer.from(`you are ${context.client}`)))
  // What comes is echoed: sealed, and with a signature of its own behind it where there are any.
  for await (const sealed of frames) {
    const message = context.unwrap(sealed)
    await send(socket, context.wrap(message))
    if (packageName !== 'CREDSSP') await send(socket, context.sign(message))
  }
}

const server = createServer((socket) => {
  socket.on('error', () => {})
  serve(socket)
    .catch((error) => process.stderr.write(`acceptor: ${error.message}\n`))
    .finally(() => socket.end())
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.resume().on('end', () => process.exit())
