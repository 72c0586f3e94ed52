//! Bytes to text.

use std::fmt;

use crate::{Diagnostic, FileId, MAX_FILE_BYTES, Sources, Span, codes};

/// Why bytes are not a text that we parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// More bytes than [`MAX_FILE_BYTES`]; how many there are.
    TooLarge(usize),
    /// Another encoding, known by its mark or its zero bytes: `UTF-16 (little endian)`.
    Encoding(&'static str),
    /// Not UTF-8: the first bad byte counted from 0 in the bytes as read, and that byte.
    NotUtf8 {
        /// Its place, from 0.
        offset: usize,
        /// The byte.
        byte: u8,
    },
}

/// The text of UTF-8 bytes, without a byte-order mark.
pub fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(DecodeError::TooLarge(bytes.len()));
    }
    // By its mark, or by its zero bytes: a text begins with two ASCII characters (RFC 4627, section 3).
    let encoding = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [_, 0, 0, 0, ..] => Some("UTF-32 (little endian)"),
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, _, ..] => Some("UTF-32 (big endian)"),
        [0xff, 0xfe, ..] | [1..=255, 0, 1..=255, 0, ..] => Some("UTF-16 (little endian)"),
        [0xfe, 0xff, ..] | [0, 1..=255, 0, 1..=255, ..] => Some("UTF-16 (big endian)"),
        _ => None,
    };
    if let Some(encoding) = encoding {
        return Err(DecodeError::Encoding(encoding));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let offset = e.valid_up_to();
        DecodeError::NotUtf8 { offset, byte: bytes.get(offset).copied().unwrap_or_default() }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(size) => write!(f, "has {size} bytes: at most {MAX_FILE_BYTES} are read"),
            Self::Encoding(encoding) => write!(f, "is {encoding}, not UTF-8"),
            Self::NotUtf8 { offset, byte } => write!(f, "is not UTF-8: byte {offset} is 0x{byte:02X}"),
        }
    }
}

impl std::error::Error for DecodeError {}

impl Sources {
    /// Keeps the text of a file's bytes; bytes that are no text are a finding that shows the place.
    pub fn add_bytes(&mut self, name: impl Into<String>, bytes: &[u8]) -> Result<FileId, Box<Diagnostic>> {
        let name = name.into();
        let error = match decode(bytes) {
            Ok(text) => return Ok(self.add(name, text)),
            Err(error) => error,
        };
        let title = format!("`{}` {error}", crate::visible(&name));
        Err(Box::new(match error {
            DecodeError::TooLarge(_) => {
                let file = self.add(name, "");
                Diagnostic::error(codes::TOO_LARGE, title).at(Span::new(file, 0, 0), "").help(
                    "AWS takes definitions up to 1 MiB; split the file, or refer to parts of it as files of their own",
                )
            }
            DecodeError::Encoding(_) => {
                let file = self.add(name, "");
                Diagnostic::error(codes::NOT_UTF8, title)
                    .at(Span::new(file, 0, 0), "")
                    .help("save the file as UTF-8 (`iconv -f UTF-16 -t UTF-8`)")
            }
            DecodeError::NotUtf8 { offset, .. } => {
                let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
                // Everything before the bad byte is valid, so its offset holds in the repaired text too.
                let text = String::from_utf8_lossy(bytes.get(mark..).unwrap_or_default()).into_owned();
                let start = offset - mark;
                let end = start + char::REPLACEMENT_CHARACTER.len_utf8();
                let file = self.add(name, text);
                Diagnostic::error(codes::NOT_UTF8, title)
                    .at(Span::new(file, start, end), "this is no UTF-8 character")
                    .help(
                        "save the file as UTF-8; it may be Latin-1 or Windows-1252 (`iconv -f WINDOWS-1252 -t UTF-8`)",
                    )
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::{DecodeError, MAX_FILE_BYTES, Sources, decode};

    #[track_caller]
    fn check(bytes: &[u8], expect: Result<&str, DecodeError>) {
        assert_eq!(decode(bytes), expect.map(str::to_owned));
    }

    #[test]
    fn encodings() {
        check(b"", Ok(""));
        check(b"a: \xc3\xa9", Ok("a: é"));
        check(b"\xef\xbb\xbfa", Ok("a"));
        check(b"\xff\xfea\0", Err(DecodeError::Encoding("UTF-16 (little endian)")));
        check(b"\xfe\xff\0a", Err(DecodeError::Encoding("UTF-16 (big endian)")));
        check(b"{\0\"\0a\0", Err(DecodeError::Encoding("UTF-16 (little endian)")));
        check(b"\0{\0\"", Err(DecodeError::Encoding("UTF-16 (big endian)")));
        check(b"\xff\xfe\0\0a\0\0\0", Err(DecodeError::Encoding("UTF-32 (little endian)")));
        check(b"\0\0\0{", Err(DecodeError::Encoding("UTF-32 (big endian)")));
        check(b"ab\xe9c", Err(DecodeError::NotUtf8 { offset: 2, byte: 0xe9 }));
        check(b"ab\xc3", Err(DecodeError::NotUtf8 { offset: 2, byte: 0xc3 }));
        check(&vec![b' '; MAX_FILE_BYTES], Ok(&" ".repeat(MAX_FILE_BYTES)));
        check(&vec![b' '; MAX_FILE_BYTES + 1], Err(DecodeError::TooLarge(MAX_FILE_BYTES + 1)));
    }

    #[test]
    fn the_place_of_a_bad_byte_is_shown() {
        let mut sources = Sources::default();
        let fault = sources.add_bytes("l.yaml", b"\xef\xbb\xbfa: 1\nb: caf\xe9 x\xff\n").unwrap_err();
        assert_eq!(fault.title, "`l.yaml` is not UTF-8: byte 14 is 0xE9");
        let span = fault.primary.unwrap().span;
        assert_eq!((sources.start(span).line, sources.start(span).column, sources.text(span)), (2, 7, "\u{fffd}"));
        let fault = sources.add_bytes("w.json", b"\xff\xfe{\0}\0").unwrap_err();
        assert_eq!(fault.title, "`w.json` is UTF-16 (little endian), not UTF-8");
        let file = sources.add_bytes("ok.json", b"\xef\xbb\xbf{}").unwrap();
        assert_eq!(sources.file(file).text, "{}");
    }
}
