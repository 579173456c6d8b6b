// Ratios against Rust, measured in the same run: `cargo xtask bench kotlin`. As in core/benches/ratios,
// of short rounds the best counts. `RatiosKt [NAME] [--json] NAME=VALUE …`, where the values are what Rust
// does.
package anysspi.benches

import anysspi.Accounts
import anysspi.Context
import anysspi.Credential
import anysspi.Password
import anysspi.accept
import anysspi.initiate
import java.util.Locale

private const val ROUNDS = 15
private const val ROUND = 0.06
private const val USER = "CORP\\alice"
private const val PASSWORD = "Passw0rd!"

// Acquired once, as in the benches of Rust.
private val client = Credential("NTLM", Password(USER, PASSWORD))
private val server = Credential("NTLM", Accounts(mapOf(USER to PASSWORD)))

private fun pair(): Pair<Context, Context> {
    val one = initiate("NTLM", credential = client)
    val other = accept("NTLM", credential = server)
    var token = one.step()!!
    while (!other.done) other.step(token)?.let { token = one.step(it)!! }
    return one.context to other.context
}

private fun protection(length: Int): () -> Unit {
    val message = ByteArray(length) { 0x5A }
    val (one, other) = pair()
    return { other.unwrap(one.wrap(message)) }
}

private class Row(val name: String, val unit: String, val peer: String, val units: Double, val make: () -> () -> Unit)

private val rows = listOf(
    Row("kotlin.ntlm.handshake", "pair/s", "ntlm.handshake", 1.0) {
        { pair().toList().forEach(Context::close) }
    },
    Row("kotlin.ntlm.protect.64k", "MB/s", "ntlm.protect.64k", 65536 / 1e6) { protection(65536) },
    Row("kotlin.ntlm.protect.1m", "MB/s", "ntlm.protect.1m", 1.048576) { protection(1 shl 20) },
)

private fun secondsPerCall(turn: () -> Unit, calls: Int): Double {
    val start = System.nanoTime()
    repeat(calls) { turn() }
    return (System.nanoTime() - start) / 1e9 / calls
}

private fun callsPerRound(turn: () -> Unit): Int {
    var calls = 1
    while (true) {
        val seconds = secondsPerCall(turn, calls) * calls
        if (seconds > ROUND / 4) return maxOf(1, (ROUND * calls / seconds).toInt())
        calls *= 2
    }
}

private fun best(turn: () -> Unit): Double {
    // Java compiles what is called often, and only then.
    val end = System.nanoTime() + 2_000_000_000
    while (System.nanoTime() < end) turn()
    val calls = callsPerRound(turn)
    return List(ROUNDS) { secondsPerCall(turn, calls) }.min()
}

fun main(given: Array<String>) {
    val name = given.firstOrNull { !it.startsWith("-") && "=" !in it } ?: "kotlin"
    val rust = given.filter { "=" in it }.associate { it.substringBefore("=") to it.substringAfter("=").toDouble() }
    for (row in rows.filter { it.name.startsWith(name) }) {
        val theirs = rust.getValue(row.peer)
        val ours = row.units / best(row.make())
        val numbers = listOf(ours, theirs).map { "%.1f".format(Locale.ROOT, it) }
        val ratio = "%.2f".format(Locale.ROOT, ours / theirs)
        if ("--json" in given) {
            println(
                """{"name":"${row.name}","unit":"${row.unit}","peer":"${row.peer}",""" +
                    """"ours":${numbers[0]},"peer_value":${numbers[1]},"ratio":$ratio}""",
            )
        } else {
            val (mine, other) = numbers.map { it.padStart(12) }
            println("${row.name.padEnd(27)} $mine $other  ${row.unit.padEnd(8)} ${ratio.padStart(6)}  ${row.peer}")
        }
    }
}
