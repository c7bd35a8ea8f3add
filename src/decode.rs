//! Topic and bytes to message and diagnostics (§5–§6).

use crate::diagnostic::findings::{Findings, Path};
use crate::diagnostic::{Diagnostic, problem};
use crate::json::scan::{self, Device, Scanner};
use crate::json::{self, Document, Source};
use crate::message::{Kind, Message};
use crate::topic::Topic;
use crate::validate::{self, Rules};

/// A payload.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
    /// In bytes; more than there are where the payload was too large to be handed over.
    size: usize,
    from_javascript: bool,
}

impl<'a> Input<'a> {
    /// Bytes as they came from the network; spans count bytes.
    #[must_use]
    pub fn bytes(bytes: &'a [u8]) -> Input<'a> {
        Input {
            bytes,
            size: bytes.len(),
            from_javascript: false,
        }
    }

    /// Text that came from a JavaScript string, as generalised UTF-8 (WTF-8: an unpaired surrogate
    /// is ED A0..BF xx); spans count UTF-16 units.
    #[must_use]
    pub fn wtf8(bytes: &'a [u8]) -> Input<'a> {
        Input {
            bytes,
            size: bytes.len(),
            from_javascript: true,
        }
    }

    /// The first bytes of a payload of that size, which is beyond the limit.
    #[cfg(feature = "wasm")]
    pub(crate) fn too_large(bytes: &'a [u8], size: usize) -> Input<'a> {
        Input {
            bytes,
            size,
            from_javascript: false,
        }
    }

    /// In bytes; more than there are where the payload was too large to be handed over.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Whether it is within the limit that holds unless the caller sets another.
    pub(crate) fn is_usual(&self) -> bool {
        self.size <= json::limit(None)
    }

    #[cfg(feature = "wasm")]
    pub(crate) fn source(&self) -> Source<'a> {
        Source::new(self.bytes, self.from_javascript)
    }

    /// The payload itself.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// What is known besides the payload.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The topic it came on; checked as well.
    pub topic: Option<&'a str>,
    /// What it is. With a topic, the topic decides and another kind is an error.
    pub kind: Option<Kind>,
    /// Accept what §5 lists, with warnings.
    pub lenient: bool,
    /// The present time, Unix milliseconds: for the checks of `timestamp`.
    pub now: Option<u64>,
    /// Limit of the payload in bytes of UTF-8; 64 KiB by default. More than 16 MiB is read as 16 MiB.
    pub max_bytes: Option<usize>,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// What it is, if that is known or could be told from the content.
    pub kind: Option<Kind>,
    /// The message, exactly if no error was found.
    pub message: Option<Message>,
    /// The topic, if one was given and it is valid.
    pub topic: Option<Topic>,
    /// All findings, by place in the document; those without a place come first.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a message. Never fails: what is wrong is in [`Decoded::diagnostics`].
///
/// ```
/// use wudun_ota::{Input, Options, decode};
///
/// let decoded = decode(Input::bytes(b"{}"), &Options::default());
/// assert!(decoded.message.is_none());
/// assert_eq!(decoded.diagnostics[0].code.as_str(), "kind-inferred");
/// ```
#[must_use]
pub fn decode(input: Input<'_>, options: &Options<'_>) -> Decoded {
    by_scan(input, options).unwrap_or_else(|| by_tree(input, options))
}

/// Whether a payload is valid, and nothing else.
#[must_use]
pub fn check(input: Input<'_>, options: &Options<'_>) -> bool {
    let mut scanner = Scanner::default();
    let sure = beforehand(input, options).is_some_and(|(topic, kind)| {
        let known = known(options, topic.as_ref(), kind);
        scanner.scan(input.bytes, &known).is_some()
    });
    sure || is_valid(input, options)
}

/// The long way of [`check`]: no finding is put into words or given a place.
pub(crate) fn is_valid(input: Input<'_>, options: &Options<'_>) -> bool {
    let mut findings = Findings::counted();
    let topic = topic_of(options, &mut findings);
    let mut context = Context::of(topic.as_ref(), options, &mut findings);
    json::fits(input.size, options.max_bytes, &mut findings)
        && context.is_valid(
            &Source::new(input.bytes, input.from_javascript),
            &mut findings,
        )
}

/// The two ways of [`decode`], for tests: whenever the short one is sure, both say the same.
#[doc(hidden)]
pub mod ways {
    pub use super::{by_scan, by_scanner, by_tree};
    pub use crate::json::scan::Scanner;
}

/// The short way. `None`: not sure; else there is a message and nothing to say about it.
#[must_use]
#[inline]
pub fn by_scan(input: Input<'_>, options: &Options<'_>) -> Option<Decoded> {
    by_scanner(&mut Scanner::default(), input, options)
}

/// The short way with a scanner that remembers the order of fields.
#[must_use]
pub fn by_scanner(
    scanner: &mut Scanner,
    input: Input<'_>,
    options: &Options<'_>,
) -> Option<Decoded> {
    let (topic, kind) = beforehand(input, options)?;
    scanner.scan(input.bytes, &known(options, topic.as_ref(), kind))?;
    Some(Decoded {
        kind: Some(kind),
        message: Some(scanner.fields.message(kind, input.bytes)?),
        topic,
        diagnostics: Vec::new(),
    })
}

/// What the short way has to know, if there is nothing to say about the options.
fn beforehand(input: Input<'_>, options: &Options<'_>) -> Option<(Option<Topic>, Kind)> {
    if input.size > json::limit(options.max_bytes) {
        return None;
    }
    let topic = options.topic.map(Topic::parse).transpose().ok()?;
    let kind = topic.as_ref().map(Topic::channel).or(options.kind)?;
    (options.kind.is_none_or(|stated| stated == kind)).then_some((topic, kind))
}

fn known<'a>(options: &Options<'a>, topic: Option<&'a Topic>, kind: Kind) -> scan::Known<'a> {
    scan::Known {
        kind,
        device: topic.map_or(Device::Any, |topic| Device::Of(topic.device())),
        now: options.now,
    }
}

/// The long way, which defines what is accepted.
#[must_use]
pub fn by_tree(input: Input<'_>, options: &Options<'_>) -> Decoded {
    let mut findings = Findings::default();
    let topic = topic_of(options, &mut findings);
    let mut context = Context::of(topic.as_ref(), options, &mut findings);
    let fits = json::fits(input.size, options.max_bytes, &mut findings);
    let bytes = if fits { input.bytes } else { &[] };
    let source = Source::new(bytes, input.from_javascript);
    let message = fits.then(|| context.read(&source, &mut findings));
    Decoded {
        kind: context.kind,
        message: message.flatten(),
        diagnostics: findings.finish(&source),
        topic,
    }
}

/// The topic, if one is given and it is valid.
#[inline(never)]
fn topic_of(options: &Options<'_>, findings: &mut Findings) -> Option<Topic> {
    options.topic.and_then(|topic| match Topic::parse(topic) {
        Ok(topic) => Some(topic),
        Err(error) => {
            findings.add_error(&error);
            None
        }
    })
}

/// What the long way knows besides a payload that is not too large.
pub(crate) struct Context<'a> {
    /// Told from the content where it is not known.
    pub(crate) kind: Option<Kind>,
    /// The topic's.
    pub(crate) device: Option<&'a str>,
    pub(crate) lenient: bool,
    pub(crate) now: Option<u64>,
}

impl<'a> Context<'a> {
    fn of(topic: Option<&'a Topic>, options: &Options<'_>, findings: &mut Findings) -> Context<'a> {
        let kind = topic.map(Topic::channel).or(options.kind);
        if let (Some(channel), Some(stated)) = (kind, options.kind)
            && channel != stated
        {
            findings.add(&problem::kind_mismatch(stated), Path::Text(""), None);
        }
        Context {
            kind,
            device: topic.map(Topic::device),
            lenient: options.lenient,
            now: options.now,
        }
    }

    pub(crate) fn read(&mut self, source: &Source<'_>, findings: &mut Findings) -> Option<Message> {
        let document = json::read(source, self.lenient, findings)?;
        let (kind, mut rules) = self.rules(source, &document, findings);
        match kind {
            Some(Kind::Command) => rules.command(&document.root).map(Message::Command),
            Some(Kind::Result) => rules.result(&document.root).map(Message::Result),
            None => {
                rules.not_an_object(&document.root);
                None
            }
        }
    }

    /// Whether [`read`](Context::read) would give a message.
    pub(crate) fn is_valid(&mut self, source: &Source<'_>, findings: &mut Findings) -> bool {
        json::read(source, self.lenient, findings).is_some_and(|document| {
            let (kind, mut rules) = self.rules(source, &document, findings);
            kind.is_some_and(|kind| rules.obeyed(&document.root, kind))
        })
    }

    /// What it is, if that is known or can be told, and the rules to apply.
    #[inline(never)]
    fn rules<'r>(
        &mut self,
        source: &'r Source<'r>,
        document: &'r Document<'r>,
        findings: &'r mut Findings,
    ) -> (Option<Kind>, Rules<'r>)
    where
        'a: 'r,
    {
        self.kind = (self.kind).or_else(|| validate::infer_kind(&document.root, findings));
        let rules = Rules {
            source,
            document,
            device: self.device,
            now: self.now,
            findings,
        };
        (self.kind, rules)
    }
}
