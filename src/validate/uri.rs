//! RFC 3986: a URI in its parts, or where the grammar stops.

/// A URI with an authority or without.
#[derive(Debug, PartialEq)]
pub(super) struct Uri<'a> {
    pub(super) scheme: &'a str,
    pub(super) authority: Option<Authority<'a>>,
    pub(super) fragment: Option<&'a str>,
}

/// What stands between `//` and the path.
#[derive(Debug, PartialEq)]
pub(super) struct Authority<'a> {
    pub(super) userinfo: Option<&'a str>,
    /// With the brackets of an address.
    pub(super) host: &'a str,
    pub(super) is: Host,
    /// What follows the colon, digits or nothing.
    pub(super) port: Option<&'a str>,
}

/// What a host is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Host {
    Name,
    V4([u8; 4]),
    V6([u16; 8]),
    /// An address of a version that is yet to come.
    Future,
}

/// Where the grammar stops.
#[derive(Debug, PartialEq)]
pub(super) struct Wrong {
    /// In bytes.
    pub(super) at: usize,
    /// Whether it is a `%` that two hexadecimal digits do not follow.
    pub(super) percent: bool,
}

/// Reads a URI (not a reference: it has a scheme).
pub(super) fn read(text: &str) -> Result<Uri<'_>, Wrong> {
    let mut reader = Reader { text, at: 0 };
    let scheme = reader.scheme()?;
    let authority = if reader.takes("//") {
        let authority = reader.authority()?;
        if !matches!(reader.peek(), None | Some(b'/' | b'?' | b'#')) {
            return reader.wrong();
        }
        Some(authority)
    } else {
        None
    };
    reader.run(b":@/")?;
    if reader.takes("?") {
        reader.run(b":@/?")?;
    }
    let fragment = if reader.takes("#") {
        Some(reader.run(b":@/?")?)
    } else {
        None
    };
    if reader.peek().is_some() {
        return reader.wrong();
    }
    Ok(Uri {
        scheme,
        authority,
        fragment,
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes(&mut self, text: &str) -> bool {
        let there = self.rest().starts_with(text.as_bytes());
        if there {
            self.at += text.len();
        }
        there
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn from(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn wrong<T>(&self) -> Result<T, Wrong> {
        Err(Wrong {
            at: self.at,
            percent: false,
        })
    }

    fn while_is(&mut self, is: fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(is) {
            self.at += 1;
        }
        self.from(start)
    }

    /// Unreserved characters, sub-delimiters, percent-encoded bytes, and these.
    fn run(&mut self, also: &[u8]) -> Result<&'a str, Wrong> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let digits = self.rest().get(1..3).unwrap_or_default();
                if digits.len() != 2 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Wrong {
                        at: self.at,
                        percent: true,
                    });
                }
                self.at += 2;
            } else if !is_plain(byte) && !also.contains(&byte) {
                break;
            }
            self.at += 1;
        }
        Ok(self.from(start))
    }

    fn scheme(&mut self) -> Result<&'a str, Wrong> {
        let scheme = self
            .while_is(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        if self.peek() != Some(b':') {
            return self.wrong();
        }
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.at = 0;
            return self.wrong();
        }
        self.at += 1;
        Ok(scheme)
    }

    fn authority(&mut self) -> Result<Authority<'a>, Wrong> {
        let start = self.at;
        // A name with its port is of the same characters.
        let mut userinfo = Some(self.run(b":")?);
        if !self.takes("@") {
            userinfo = None;
            self.at = start;
        }
        let (host, is) = self.host()?;
        let port = if self.takes(":") {
            Some(self.while_is(|byte| byte.is_ascii_digit()))
        } else {
            None
        };
        Ok(Authority {
            userinfo,
            host,
            is,
            port,
        })
    }

    fn host(&mut self) -> Result<(&'a str, Host), Wrong> {
        let start = self.at;
        if !self.takes("[") {
            let name = self.run(b"")?;
            return Ok((name, v4(name.as_bytes()).map_or(Host::Name, Host::V4)));
        }
        let inside = self.while_is(|byte| is_plain(byte) || byte == b':');
        let Some(is) = literal(inside) else {
            self.at = start + 1;
            return self.wrong();
        };
        if !self.takes("]") {
            return self.wrong();
        }
        Ok((self.from(start), is))
    }
}

/// Unreserved, or a sub-delimiter.
#[inline]
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}

/// What stands in brackets.
fn literal(text: &str) -> Option<Host> {
    if let Some(version) = text.strip_prefix(['v', 'V']) {
        let (digits, address) = version.split_once('.')?;
        let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        return (sound && !address.is_empty()).then_some(Host::Future);
    }
    v6(text.as_bytes()).map(Host::V6)
}

/// Four numbers of 0 to 255, without leading zeros.
pub(super) fn v4(text: &[u8]) -> Option<[u8; 4]> {
    let mut octets = [0; 4];
    let mut parts = text.split(|byte| *byte == b'.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 3 || (part.len() > 1 && part.starts_with(b"0")) {
            return None;
        }
        let number = part.iter().try_fold(0_u16, |number, digit| {
            let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
            Some(number * 10 + u16::from(digit))
        })?;
        *octet = number.try_into().ok()?;
    }
    parts.next().is_none().then_some(octets)
}

/// Eight groups, of which `::` stands for one or more that are zero; the last two may be a dotted quad.
fn v6(text: &[u8]) -> Option<[u16; 8]> {
    let elided = text.windows(2).position(|pair| pair == b"::");
    let (before, after) = match elided {
        Some(at) => (text.get(..at)?, text.get(at + 2..)?),
        None => (&[][..], text),
    };
    let mut groups = [0; 8];
    let leading = read_groups(before, false, &mut groups)?;
    let mut last = [0; 8];
    let trailing = read_groups(after, true, &mut last)?;
    let fits = match elided {
        Some(_) => leading + trailing < 8,
        None => trailing == 8,
    };
    if !fits {
        return None;
    }
    let to = groups.get_mut(8 - trailing..)?;
    to.copy_from_slice(last.get(..trailing)?);
    Some(groups)
}

/// How many groups there are.
fn read_groups(text: &[u8], at_the_end: bool, groups: &mut [u16; 8]) -> Option<usize> {
    let mut count = 0;
    if text.is_empty() {
        return Some(count);
    }
    let mut parts = text.split(|byte| *byte == b':').peekable();
    while let Some(part) = parts.next() {
        if at_the_end && parts.peek().is_none() && part.contains(&b'.') {
            let [a, b, c, d] = v4(part)?;
            *groups.get_mut(count)? = u16::from_be_bytes([a, b]);
            *groups.get_mut(count + 1)? = u16::from_be_bytes([c, d]);
            return Some(count + 2);
        }
        if part.is_empty() || part.len() > 4 {
            return None;
        }
        let group = part.iter().try_fold(0, |group: u16, digit| {
            let digit = char::from(*digit).to_digit(16)?;
            Some(group << 4 | digit as u16)
        })?;
        *groups.get_mut(count)? = group;
        count += 1;
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_uri::ParseErrorKind;
    use proptest::prelude::*;

    /// The same parts, or the same place, as another reader of RFC 3986 finds.
    fn agrees(text: &str) {
        let ours = read(text);
        match fluent_uri::Uri::parse(text) {
            Ok(theirs) => {
                let ours = ours.unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
                assert_eq!(ours.scheme, theirs.scheme().as_str(), "{text}");
                assert_eq!(
                    ours.fragment,
                    theirs.fragment().map(|f| f.as_str()),
                    "{text}"
                );
                let (ours, theirs) = (ours.authority, theirs.authority());
                assert_eq!(ours.is_some(), theirs.is_some(), "{text}");
                let (Some(ours), Some(theirs)) = (ours, theirs) else {
                    return;
                };
                assert_eq!(
                    ours.userinfo,
                    theirs.userinfo().map(|u| u.as_str()),
                    "{text}"
                );
                assert_eq!(ours.host, theirs.host(), "{text}");
                assert_eq!(ours.port, theirs.port().map(|p| p.as_str()), "{text}");
                let bare = ours.host.trim_matches(['[', ']']);
                match ours.is {
                    Host::V4(octets) => {
                        assert_eq!(Ok(octets.into()), bare.parse::<std::net::Ipv4Addr>())
                    }
                    Host::V6(groups) => {
                        assert_eq!(Ok(groups.into()), bare.parse::<std::net::Ipv6Addr>())
                    }
                    Host::Future => assert!(bare.starts_with(['v', 'V']), "{text}"),
                    Host::Name => assert!(bare.parse::<std::net::Ipv4Addr>().is_err(), "{text}"),
                }
            }
            Err(theirs) => {
                let ours = ours.expect_err(text);
                // Theirs looks on for bad escapes, and does not say where in brackets it goes wrong.
                assert!(ours.at <= theirs.index() || text.contains('['), "{text}");
                if ours.at == theirs.index() {
                    let percent = theirs.kind() == ParseErrorKind::InvalidPctEncodedOctet;
                    // A bad escape where a port should be is a bad port first.
                    let before = text[..ours.at].trim_end_matches(|c: char| c.is_ascii_digit());
                    let is_port = percent && before.ends_with(':');
                    assert!(ours.percent == percent || is_port, "{text}");
                }
            }
        }
    }

    #[test]
    fn agrees_with_another_reader() {
        for text in [
            "",
            ":",
            "a:",
            "1a:",
            "a:b",
            "a//b",
            "https",
            "https:/",
            "https://",
            "https://@",
            "https://@:%1/ #07]@ ",
            "https://a@b:1/c?d#e",
            "https://a:b@c",
            "https://a:b",
            "https://a:1:2/",
            "https://a@b@c",
            "https://[::1]:80",
            "https://[1::]",
            "https://[::]x",
            "https://[1:2:3:4:5:6:7:8]",
            "https://[1:2:3:4:5:6:7::]",
            "https://[::1:2:3:4:5:6:7:8]",
            "https://[1:2:3:4:5:6:1.2.3.4]",
            "https://[v1.a:]",
            "https://[v.a]",
            "https://[1.2.3.4]",
            "https://[1:::2]",
            "https://u@[::1]#",
            "https://1.2.3.4",
            "https://1.2.3",
            "https://01.2.3.4",
            "https://1.2.3.256",
        ] {
            agrees(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn agrees_on_anything(text in "(https?|[a-z0-9+]{0,3}):?(//)?[a-f0-9:.@%\\[\\]v/?# é]{0,24}") {
            agrees(&text);
        }

        #[test]
        fn agrees_on_addresses(text in "a://\\[([0-9a-f]{0,4}:){0,8}:?[0-9a-f.]{0,12}\\]") {
            agrees(&text);
        }
    }
}
