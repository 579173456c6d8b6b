package anysspi.tests

/** Reads JSON: objects as maps, arrays as lists, and everything else as what Kotlin has. */
internal class Json private constructor(private val text: String) {
    private var at = 0

    private fun skip() {
        while (at < text.length && text[at].isWhitespace()) at++
    }

    private fun eat(wanted: Char): Boolean {
        skip()
        if (text.getOrNull(at) != wanted) return false
        at++
        return true
    }

    private fun expect(wanted: Char) = check(eat(wanted)) { "no $wanted at $at" }

    private fun value(): Any? {
        skip()
        return when (val first = text[at]) {
            '{' -> members()
            '[' -> elements()
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> number(first)
        }
    }

    private fun word(word: String, value: Any?): Any? {
        check(text.startsWith(word, at)) { "no $word at $at" }
        at += word.length
        return value
    }

    private fun number(first: Char): Long {
        check(first == '-' || first.isDigit()) { "nothing known at $at: $first" }
        val start = at++
        while (at < text.length && text[at].isDigit()) at++
        return text.substring(start, at).toLong()
    }

    private fun members(): Map<String, Any?> {
        expect('{')
        val members = linkedMapOf<String, Any?>()
        if (eat('}')) return members
        do {
            skip()
            val name = string()
            expect(':')
            members[name] = value()
        } while (eat(','))
        expect('}')
        return members
    }

    private fun elements(): List<Any?> {
        expect('[')
        val elements = mutableListOf<Any?>()
        if (eat(']')) return elements
        do elements += value() while (eat(','))
        expect(']')
        return elements
    }

    private fun string(): String {
        expect('"')
        val made = StringBuilder()
        while (true) {
            when (val next = text[at++]) {
                '"' -> return made.toString()
                '\\' -> made.append(escaped())
                else -> made.append(next)
            }
        }
    }

    private fun escaped(): Char =
        when (val kind = text[at++]) {
            'n' -> '\n'
            't' -> '\t'
            'r' -> '\r'
            'b' -> '\b'
            'f' -> '\u000C'
            'u' -> text.substring(at, at + 4).toInt(16).toChar().also { at += 4 }
            else -> kind
        }

    companion object {
        fun read(text: String): Any? {
            val reader = Json(text)
            return reader.value().also {
                reader.skip()
                check(reader.at == text.length) { "more after the end, at ${reader.at}" }
            }
        }
    }
}
