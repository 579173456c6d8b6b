package anysspi

import anysspi.bridge.TokenField
import anysspi.bridge.inspectToken

/** A field of a token. */
public class Field(
    /** The name in the specification of the protocol. */
    public val name: String,
    /** The value as it is displayed. */
    public val value: String,
    /** Whether its bytes are not shown. */
    public val isHidden: Boolean,
    /** Where the value begins, as the token states it. */
    public val offset: Long,
    /** How many bytes the value has, as the token states it. */
    public val length: Long,
    /** The fields this one is made of. */
    public val fields: List<Field>,
) {
    override fun toString(): String = "$name: $value"
}

/** What is in a token. As text it is a tree for people to read. */
public class Inspection(
    /** The protocol's name, or `unknown`. */
    public val protocol: String,
    /** The message's name in the specification of the protocol, or `unknown`. */
    public val message: String,
    /** The number of bytes in the token. */
    public val length: Int,
    /** The fields, in the order in which the message describes them. */
    public val fields: List<Field>,
    /** The fields as pairs of a dotted name and the value as it is displayed. */
    public val flat: List<Pair<String, String>>,
    /** What is wrong with the token, as sentences. */
    public val problems: List<String>,
    private val text: String,
) {
    override fun toString(): String = text
}

private fun TokenField.field(): Field =
    Field(name, value, isHidden, offset.toLong(), length.toLong(), fields.map { it.field() })

/** Looks into a token: of a damaged one it tells what can be read and what is wrong. It never shows a secret. */
public fun inspect(token: ByteArray): Inspection {
    val seen = calling { lending(token) { inspectToken(it) } }
    return Inspection(
        seen.protocol,
        seen.messageName,
        seen.length.toInt(),
        seen.fields.map { it.field() },
        seen.flat.map { it.name to it.value },
        seen.problems,
        seen.text,
    )
}
