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

/// `found` is what stands there, from the first wrong character on; empty at the end of the text.
/// `adjacent`: directly after a digit.
#[cold]
pub(crate) fn json_syntax(found: &str, expected: Token, adjacent: bool) -> Problem {
    let (en, zh) = expected.names();
    let zh = behind(&zh);
    match found.chars().next().map(named) {
        Some(c) => say!(
            JsonSyntax,
            "found {c}; expected {en}",
            "此处为 {c}；应为{zh}"
        )
        .with_hint(syntax_hint(found, expected, adjacent)),
        None => say!(
            JsonSyntax,
            "the text ends too early; expected {en}",
            "文本提前结束；应为{zh}";
            "The payload may have been cut off",
            "载荷可能被截断"
        ),
    }
}

/// What the sender probably did, and what to do about it.
fn syntax_hint(found: &str, expected: Token, adjacent: bool) -> Option<Text> {
    let key = matches!(expected, Token::Key | Token::KeyOrEnd);
    let word: String = found
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .take(40)
        .collect();
    let comma = matches!(expected, Token::CommaOrBrace | Token::CommaOrBracket);
    Some(match found.chars().next()? {
        '\'' => text!(
            "Use double quotes: JSON has no single ones",
            "请使用双引号：JSON 不使用单引号"
        ),
        '\u{201C}' | '\u{201D}' | '\u{2018}' | '\u{2019}' => text!(
            "Use straight double quotes `\"`: these are typographic ones",
            "请使用半角双引号 `\"`：此处为排版引号"
        ),
        '，' | '：' | '｛' | '｝' | '［' | '］' | '＂' => text!(
            "Write it in its half-width (ASCII) form",
            "请改用半角（ASCII）符号"
        ),
        '\0' if key || matches!(expected, Token::Value) => text!(
            "This looks like UTF-16: send UTF-8",
            "疑似 UTF-16 编码：请使用 UTF-8"
        ),
        ',' if matches!(expected, Token::Value) || key => text!(
            "Remove the comma: nothing stands before it",
            "请删除该逗号：它前面没有内容"
        ),
        '=' if matches!(expected, Token::Colon) => text!("Write `:` for `=`", "请用 `:` 代替 `=`"),
        ',' | '}' if matches!(expected, Token::Colon) => text!(
            "A key needs a value after it, such as `\"key\": 1`",
            "键名之后需要值，例如 `\"key\": 1`"
        ),
        ';' if comma => text!("Write `,` for `;`", "请用 `,` 代替 `;`"),
        '"' | '{' | '[' if comma => {
            text!("A comma is probably missing before it", "前面可能缺少逗号")
        }
        '.' if comma => text!(
            "A number has at most one `.`, and a digit before it",
            "数字最多含一个 `.`，且其前必须有数字"
        ),
        '0'..='9' if adjacent => text!(
            "A number does not begin with `0`: remove that digit",
            "数字不得以 `0` 开头：请去掉该 `0`"
        ),
        '0'..='9' if comma => text!("A comma is probably missing before it", "前面可能缺少逗号"),
        'x' | 'X' if comma => text!(
            "Write the number in decimal digits: JSON has no hexadecimal ones",
            "请用十进制书写数字：JSON 没有十六进制"
        ),
        '{' | '[' if matches!(expected, Token::EndOfText) => text!(
            "Send one document in each payload",
            "每个载荷只发送一个文档"
        ),
        '}' | ']' if matches!(expected, Token::EndOfText) => text!(
            "There is one closing bracket too many: remove it",
            "多了一个右括号：请将其删除"
        ),
        '+' if matches!(expected, Token::Value) => text!(
            "Remove the `+`: numbers have none",
            "请去掉 `+`：数字前不加正号"
        ),
        '.' if matches!(expected, Token::Value) => {
            text!("Put a `0` before the `.`", "请在 `.` 之前补 `0`")
        }
        '\n' | '\r' if matches!(expected, Token::EscapedControl) => text!(
            "A quote that ends the string is probably missing on this line",
            "本行可能缺少字符串的结束引号"
        ),
        _ if matches!(expected, Token::Value) => return value_hint(&word),
        _ if key && !word.is_empty() => text!(
            "Put the key in double quotes: `\"{word}\"`",
            "请用双引号括起键名：`\"{word}\"`"
        ),
        _ => return None,
    })
}

/// Words of other languages where a value is expected.
fn value_hint(word: &str) -> Option<Text> {
    let right = match word {
        "True" | "TRUE" => "true",
        "False" | "FALSE" => "false",
        "None" | "nil" | "NULL" | "Null" | "undefined" | "NaN" | "Infinity" => "null",
        "" => return None,
        _ if word.chars().next().is_some_and(char::is_alphabetic) => {
            return Some(text!(
                "Put text in double quotes: `\"{word}\"`",
                "请用双引号括起文本：`\"{word}\"`"
            ));
        }
        _ => return None,
    };
    Some(text!(
        "JSON has no `{word}`: write `{right}`",
        "JSON 中没有 `{word}`：请写作 `{right}`"
    ))
}

#[cold]
pub(crate) fn json_empty() -> Problem {
    say!(
        JsonEmpty,
        "the payload is empty, which is how a retained message is cleared; expected a JSON object",
        "载荷为空（通常用于清除保留消息）；应为 JSON 对象";
        "Ignore it, unless a message was meant",
        "如并非有意发送消息，可以忽略"
    )
}

#[cold]
pub(crate) fn json_too_large(bytes: usize, limit: usize) -> Problem {
    say!(
        JsonTooLarge,
        "the payload has {bytes} bytes; the limit is {limit}, so it was not read",
        "载荷为 {bytes} 字节，超过上限 {limit} 字节，因此未读取";
        "Send less, or raise the limit where it is read (16 MiB at most)",
        "请减小载荷，或在读取时调高上限（最高 16 MiB）"
    )
}

#[cold]
pub(crate) fn json_utf8(byte: u8) -> Problem {
    say!(
        JsonUtf8,
        "byte 0x{byte:02X} is not part of valid UTF-8; expected JSON in UTF-8",
        "字节 0x{byte:02X} 不是有效的 UTF-8；JSON 应使用 UTF-8 编码";
        "Check the sender's character encoding, such as GBK",
        "请检查发送方的字符编码，例如 GBK"
    )
}

#[cold]
pub(crate) fn json_duplicate_key(key: &str) -> Problem {
    let key = excerpt(key);
    say!(
        JsonDuplicateKey,
        "the key `{key}` occurs twice in one object, and readers disagree on which counts",
        "键 `{key}` 在同一对象中重复出现，不同解析器的取舍不一";
        "Remove one",
        "请删除其中一个"
    )
}

#[cold]
pub(crate) fn json_too_deep(limit: usize) -> Problem {
    say!(
        JsonTooDeep,
        "nested deeper than {limit} levels; expected at most that many",
        "嵌套层数超过 {limit}；最多允许 {limit} 层";
        "Nest it less deeply",
        "请减少嵌套层数"
    )
}

#[cold]
pub(crate) fn json_unpaired_surrogate() -> Problem {
    say!(
        JsonUnpairedSurrogate,
        "the string holds half of a surrogate pair, which is no character; expected whole characters",
        "字符串中含有不成对的代理项，不是完整字符；应为完整字符";
        "The text may have been cut inside one",
        "文本可能在字符中间被截断"
    )
}

#[cold]
pub(crate) fn json_too_many_keys(limit: usize) -> Problem {
    say!(
        JsonTooManyKeys,
        "an object has more than {limit} keys; expected at most that many",
        "一个对象的键数超过 {limit}；最多允许 {limit} 个";
        "Spread them over several objects",
        "请拆分为多个对象"
    )
}

#[cold]
pub(crate) fn json_byte_order_mark() -> Problem {
    say!(
        JsonByteOrderMark,
        "the payload starts with a byte order mark, which JSON does not have",
        "载荷以字节顺序标记（BOM）开头，JSON 不允许";
        "Save it as UTF-8 without BOM",
        "请保存为不带 BOM 的 UTF-8"
    )
}

#[cold]
pub(crate) fn json_trailing_comma(object: bool) -> Problem {
    if object {
        say!(
            JsonTrailingComma,
            "a comma follows the last member of an object; JSON has none there",
            "对象的最后一个成员之后多了逗号，JSON 不允许";
            "Remove the comma",
            "请删除该逗号"
        )
    } else {
        say!(
            JsonTrailingComma,
            "a comma follows the last item of an array; JSON has none there",
            "数组的最后一个元素之后多了逗号，JSON 不允许";
            "Remove the comma",
            "请删除该逗号"
        )
    }
}

#[cold]
pub(crate) fn json_comment() -> Problem {
    say!(
        JsonComment,
        "a comment; JSON has none",
        "此处有注释，JSON 不允许";
        "Remove the comment",
        "请删除该注释"
    )
}

#[cold]
pub(crate) fn json_trailing_nul(number: usize) -> Problem {
    let bytes = count(number, "NUL byte");
    say!(
        JsonTrailingNul,
        "the document is followed by {bytes}; expected none",
        "文档之后有 {number} 个 NUL 字节，不应出现";
        "The sender probably sends its whole buffer or a C string's terminator",
        "发送方可能发送了整个缓冲区或 C 字符串的结束符"
    )
}
