//! Texts about reading JSON (§5).

use super::{Code, Problem, Text, behind, count, excerpt, named};

/// What the grammar allows at a place.
#[derive(Clone, Copy)]
pub(crate) enum Token {
    Value,
    KeyOrEnd,
    Key,
    Colon,
    CommaOrBrace,
    CommaOrBracket,
    Digit,
    Literal(&'static str),
    EndOfText,
    EndOfComment,
    Escape,
    HexDigits,
    EscapedControl,
    EndOfString,
}

impl Token {
    fn names(self) -> (String, String) {
        let (en, zh) = match self {
            Token::Value => ("a value", "一个值"),
            Token::KeyOrEnd => ("a key in double quotes or `}`", "双引号括起的键名或 `}`"),
            Token::Key => ("a key in double quotes", "双引号括起的键名"),
            Token::Colon => ("`:`", "`:`"),
            Token::CommaOrBrace => ("`,` or `}`", "`,` 或 `}`"),
            Token::CommaOrBracket => ("`,` or `]`", "`,` 或 `]`"),
            Token::Digit => ("a digit", "数字"),
            Token::Literal(word) => return (format!("`{word}`"), format!("`{word}`")),
            Token::EndOfText => ("the end of the text", "文本结束"),
            Token::EndOfComment => ("`*/` that ends the comment", "注释的结束符 `*/`"),
            Token::Escape => (
                "one of `\"`, `\\`, `/`, `b`, `f`, `n`, `r`, `t`, `u` after the backslash",
                "反斜杠之后的 `\"`、`\\`、`/`、`b`、`f`、`n`、`r`、`t` 或 `u`",
            ),
            Token::HexDigits => (
                "four hexadecimal digits after `\\u`",
                "`\\u` 之后的四位十六进制数字",
            ),
            Token::EscapedControl => (
                "control characters in a string to be escaped, such as `\\n`",
                "字符串中的控制字符以转义形式书写，例如 `\\n`",
            ),
            Token::EndOfString => ("`\"` that ends the string", "字符串的结束引号 `\"`"),
        };
        (en.to_owned(), zh.to_owned())
    }
}

/// `found` is `None` at the end of the text.
pub(crate) fn json_syntax(found: Option<char>, expected: Token) -> Problem {
    let (en, zh) = expected.names();
    let zh = behind(&zh);
    match found.map(named) {
        Some(found) => say!(
            JsonSyntax,
            "found {found}; expected {en}",
            "此处为 {found}；应为{zh}"
        ),
        None => say!(
            JsonSyntax,
            "the text ends too early; expected {en}. The payload may have been cut off",
            "文本提前结束；应为{zh}。载荷可能被截断"
        ),
    }
}

pub(crate) fn json_empty() -> Problem {
    say!(
        JsonEmpty,
        "the payload is empty, which is how a retained message is cleared; expected a JSON object",
        "载荷为空（通常用于清除保留消息）；应为 JSON 对象"
    )
}

pub(crate) fn json_too_large(bytes: usize, limit: usize) -> Problem {
    say!(
        JsonTooLarge,
        "the payload has {bytes} bytes; the limit is {limit}, so it was not read",
        "载荷为 {bytes} 字节，超过上限 {limit} 字节，因此未读取"
    )
}

pub(crate) fn json_utf8(byte: u8) -> Problem {
    say!(
        JsonUtf8,
        "byte 0x{byte:02X} is not part of valid UTF-8; expected JSON in UTF-8. Check the sender's character encoding",
        "字节 0x{byte:02X} 不是有效的 UTF-8；JSON 应使用 UTF-8 编码，请检查发送方的字符编码"
    )
}

pub(crate) fn json_duplicate_key(key: &str) -> Problem {
    let key = excerpt(key);
    say!(
        JsonDuplicateKey,
        "the key `{key}` occurs twice in one object, and readers disagree on which counts; remove one",
        "键 `{key}` 在同一对象中重复出现，不同解析器的取舍不一；请删除其中一个"
    )
}

pub(crate) fn json_too_deep(limit: usize) -> Problem {
    say!(
        JsonTooDeep,
        "nested deeper than {limit} levels; expected at most that many",
        "嵌套层数超过 {limit}；最多允许 {limit} 层"
    )
}

pub(crate) fn json_unpaired_surrogate() -> Problem {
    say!(
        JsonUnpairedSurrogate,
        "the string holds half of a surrogate pair, which is no character; expected whole characters. The text may have been cut inside one",
        "字符串中含有不成对的代理项，不是完整字符；应为完整字符。文本可能在字符中间被截断"
    )
}

pub(crate) fn json_too_many_keys(limit: usize) -> Problem {
    say!(
        JsonTooManyKeys,
        "an object has more than {limit} keys; expected at most that many",
        "一个对象的键数超过 {limit}；最多允许 {limit} 个"
    )
}

pub(crate) fn json_byte_order_mark() -> Problem {
    say!(
        JsonByteOrderMark,
        "the payload starts with a byte order mark, which JSON does not have; save it as UTF-8 without BOM",
        "载荷以字节顺序标记（BOM）开头，JSON 不允许；请保存为不带 BOM 的 UTF-8"
    )
}

pub(crate) fn json_trailing_comma(object: bool) -> Problem {
    if object {
        say!(
            JsonTrailingComma,
            "a comma follows the last member of an object; JSON has none there. Remove it",
            "对象的最后一个成员之后多了逗号，JSON 不允许；请将其删除"
        )
    } else {
        say!(
            JsonTrailingComma,
            "a comma follows the last item of an array; JSON has none there. Remove it",
            "数组的最后一个元素之后多了逗号，JSON 不允许；请将其删除"
        )
    }
}

pub(crate) fn json_comment() -> Problem {
    say!(
        JsonComment,
        "a comment; JSON has none. Remove it",
        "此处有注释，JSON 不允许；请将其删除"
    )
}

pub(crate) fn json_trailing_nul(number: usize) -> Problem {
    let bytes = count(number, "NUL byte");
    say!(
        JsonTrailingNul,
        "the document is followed by {bytes}; expected none. The sender probably sends its whole buffer or a C string's terminator",
        "文档之后有 {number} 个 NUL 字节，不应出现；发送方可能发送了整个缓冲区或 C 字符串的结束符"
    )
}
