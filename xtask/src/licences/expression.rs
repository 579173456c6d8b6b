//! SPDX licence expressions: `MIT`, `A OR B`, `A AND B`, `A WITH exception`, parentheses, and the
//! `A/B` of old packages, which means OR.

/// Whether the expression can be met with the identifiers that are allowed. A licence with an
/// exception is an identifier of its own, `A WITH exception`.
pub(super) fn holds(expression: &str, allowed: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, allowed };
    let holds = reader.alternatives()?;
    match reader.words.first() {
        None => Ok(holds),
        Some(word) => Err(format!("`{word}` is not understood there")),
    }
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a dyn Fn(&str) -> bool,
}

impl<'a> Reader<'a> {
    /// `A OR B OR …`, which binds less than AND.
    fn alternatives(&mut self) -> Result<bool, String> {
        let mut holds = self.conditions()?;
        while self.take("OR") {
            holds |= self.conditions()?;
        }
        Ok(holds)
    }

    /// `A AND B AND …`
    fn conditions(&mut self) -> Result<bool, String> {
        let mut holds = self.licence()?;
        while self.take("AND") {
            holds &= self.licence()?;
        }
        Ok(holds)
    }

    /// One licence, or an expression in parentheses.
    fn licence(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let holds = self.alternatives()?;
            return if self.take(")") { Ok(holds) } else { Err("`)` is missing".into()) };
        }
        let identifier = self.identifier()?;
        if self.take("WITH") {
            let exception = self.identifier()?;
            return Ok((self.allowed)(&format!("{identifier} WITH {exception}")));
        }
        Ok((self.allowed)(identifier))
    }

    fn identifier(&mut self) -> Result<&'a str, String> {
        match self.words.split_first() {
            Some((word, rest)) if !matches!(*word, "OR" | "AND" | "WITH" | "(" | ")") => {
                self.words = rest;
                Ok(word)
            }
            Some((word, _)) => Err(format!("a licence is missing before `{word}`")),
            None => Err("a licence is missing at the end".into()),
        }
    }

    fn take(&mut self, wanted: &str) -> bool {
        match self.words.split_first() {
            Some((word, rest)) if *word == wanted => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(expression: &str) -> Result<bool, String> {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0", "GPL-2.0 WITH Classpath"];
        holds(expression, &|identifier| allowed.contains(&identifier))
    }

    #[test]
    fn expressions_are_understood() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("GPL-3.0 OR MIT", true),
            ("MIT/GPL-3.0", true),
            ("Unlicense/MIT", true),
            ("GPL-2.0/GPL-3.0", false),
            ("MIT AND Apache-2.0", true),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND NCSA", false),
            ("GPL-3.0 AND NCSA OR MIT", true),
            ("GPL-3.0 AND (NCSA OR MIT)", false),
            ("((MIT))", true),
            ("GPL-2.0 WITH Classpath", true),
            ("GPL-2.0", false),
            ("MIT WITH Classpath", false),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
        ] {
            assert_eq!(judge(expression), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn nonsense_is_an_error() {
        for expression in ["", "MIT OR", "OR MIT", "MIT MIT", "(MIT", "MIT)", "MIT WITH", "()"] {
            assert!(judge(expression).is_err(), "{expression}");
        }
    }
}
