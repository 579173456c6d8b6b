// Ratios against Rust, measured in the same run: `cargo xtask bench swift`. As in core/benches/ratios,
// of short rounds the best counts. `Ratios [NAME] [--json] NAME=VALUE …`, where the values are what Rust
// does.
import AnySspi
import Foundation

let rounds = 15
let round = 0.06
let user = "CORP\\alice"
let password = "Passw0rd!"

// Acquired once, as in the benches of Rust.
let client = try Credential.password(user: user, password: password).acquired(for: "NTLM")
let server = try Credential.accounts([user: password]).acquired(for: "NTLM")

func pair() throws -> (Context, Context) {
  let one = try initiate("NTLM", credential: client)
  let other = try accept("NTLM", credential: server)
  var token = try one.step()
  while !other.done {
    if let answer = try other.step(token) { token = try one.step(answer) }
  }
  return (try one.context, try other.context)
}

func protection(_ length: Int) throws -> () throws -> Void {
  let message = Data(repeating: 0x5A, count: length)
  let (one, other) = try pair()
  return { _ = try other.unwrap(try one.wrap(message)) }
}

struct Row {
  let name: String
  let unit: String
  let peer: String
  let units: Double
  let make: () throws -> () throws -> Void
}

let rows = [
  Row(name: "swift.ntlm.handshake", unit: "pair/s", peer: "ntlm.handshake", units: 1) {
    { _ = try pair() }
  },
  Row(name: "swift.ntlm.protect.64k", unit: "MB/s", peer: "ntlm.protect.64k", units: 65536 / 1e6) {
    try protection(65536)
  },
  Row(name: "swift.ntlm.protect.1m", unit: "MB/s", peer: "ntlm.protect.1m", units: 1.048576) {
    try protection(1 << 20)
  },
]

func seconds(of turn: () throws -> Void, calls: Int) throws -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  for _ in 0..<calls { try turn() }
  return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
}

func callsPerRound(_ turn: () throws -> Void) throws -> Int {
  var calls = 1
  while true {
    let taken = try seconds(of: turn, calls: calls)
    if taken > round / 4 { return max(1, Int(round * Double(calls) / taken)) }
    calls *= 2
  }
}

func best(_ turn: () throws -> Void) throws -> Double {
  let calls = try callsPerRound(turn)
  var best = Double.infinity
  for _ in 0..<rounds { best = min(best, try seconds(of: turn, calls: calls) / Double(calls)) }
  return best
}

func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
  let space = String(repeating: " ", count: max(0, width - text.count))
  return left ? space + text : text + space
}

let given = CommandLine.arguments.dropFirst()
let name = given.first { !$0.hasPrefix("-") && !$0.contains("=") } ?? "swift"
var rust: [String: Double] = [:]
for word in given where word.contains("=") {
  let parts = word.split(separator: "=")
  rust[String(parts[0])] = Double(parts[1])
}
for row in rows where row.name.hasPrefix(name) {
  guard let theirs = rust[row.peer] else { continue }
  let ours = row.units / (try best(try row.make()))
  let (mine, other) = (String(format: "%.1f", ours), String(format: "%.1f", theirs))
  let ratio = String(format: "%.2f", ours / theirs)
  if given.contains("--json") {
    print(
      "{\"name\":\"\(row.name)\",\"unit\":\"\(row.unit)\",\"peer\":\"\(row.peer)\","
        + "\"ours\":\(mine),\"peer_value\":\(other),\"ratio\":\(ratio)}")
  } else {
    let numbers = "\(padded(mine, 12, left: true)) \(padded(other, 12, left: true))"
    print(
      "\(padded(row.name, 27)) \(numbers)  \(padded(row.unit, 8)) "
        + "\(padded(ratio, 6, left: true))  \(row.peer)")
  }
}
