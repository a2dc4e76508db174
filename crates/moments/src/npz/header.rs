//! The header of a `.npy`: a Python dictionary with three entries that always mean the same.
//!
//! Not Python, but the few forms that NumPy writes: a string, `True` or `False`, and a tuple of whole numbers. Nothing
//! nests, so reading takes as long as the header is.

use std::io::Read;

use super::Element;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// Headers of arrays of numbers have about a hundred bytes.
const LONGEST: usize = 1 << 16;
/// NumPy has no arrays of more axes.
const MOST_AXES: usize = 64;
/// NumPy pads headers so that the numbers begin at a multiple of this.
const ALIGNMENT: usize = 64;

/// The types of number that can be read, all little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // as they are called everywhere
pub enum NumberType {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U64,
    U32,
    U16,
    U8,
    Bool,
}

impl NumberType {
    const DESCR: [(Self, &'static str); 13] = [
        (Self::F64, "<f8"),
        (Self::F32, "<f4"),
        (Self::F16, "<f2"),
        (Self::BF16, "bfloat16"), // which NumPy does not have; safetensors files do
        (Self::I64, "<i8"),
        (Self::I32, "<i4"),
        (Self::I16, "<i2"),
        (Self::I8, "|i1"),
        (Self::U64, "<u8"),
        (Self::U32, "<u4"),
        (Self::U16, "<u2"),
        (Self::U8, "|u1"),
        (Self::Bool, "|b1"),
    ];

    /// The type as files name it.
    #[must_use]
    pub fn descr(self) -> &'static str {
        Self::DESCR
            .iter()
            .find(|(number, _)| *number == self)
            .map_or("", |(_, descr)| descr)
    }

    /// Whether it is a floating-point number.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(self, Self::F64 | Self::F32 | Self::F16 | Self::BF16)
    }

    /// Bytes of one number.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::F64 | Self::I64 | Self::U64 => 8,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F16 | Self::BF16 | Self::I16 | Self::U16 => 2,
            Self::I8 | Self::U8 | Self::Bool => 1,
        }
    }

    fn parse(descr: &str) -> Result<Self, HeaderError> {
        let known = Self::DESCR.iter().find(|(_, known)| *known == descr);
        let big_endian = descr.strip_prefix('>').map(|rest| format!("<{rest}"));
        match known {
            Some((number, _)) => Ok(*number),
            None if big_endian.is_some_and(|descr| Self::parse(&descr).is_ok()) => {
                Err(HeaderError::NumberType("a big-endian number".to_owned()))
            }
            None => Err(HeaderError::NumberType(descr.escape_debug().to_string())),
        }
    }
}

/// What the numbers of a `.npy` are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub(crate) number: NumberType,
    pub(crate) fortran_order: bool,
    pub(crate) shape: Vec<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeaderError {
    Damaged(String),
    /// Well formed, but of a type that is not in [`NumberType`].
    NumberType(String),
}

fn damaged(reason: impl Into<String>) -> HeaderError {
    HeaderError::Damaged(reason.into())
}

impl Header {
    pub(super) fn new<T: Element>(shape: &[usize]) -> Self {
        Self {
            number: T::NUMBER,
            fortran_order: false,
            shape: shape.to_vec(),
        }
    }

    /// Everything before the numbers.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let shape: String = self.shape.iter().map(|n| format!("{n}, ")).collect();
        // A tuple of one needs its comma, one of two or more goes without the last.
        let shape = match self.shape.len() {
            1 => shape.trim_end(),
            _ => shape.trim_end_matches(", "),
        };
        let (descr, order) = (
            self.number.descr(),
            if self.fortran_order { "True" } else { "False" },
        );
        let mut text =
            format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({shape}), }}");
        let prefix = MAGIC.len() + 4;
        let padded = (prefix + text.len() + 1).next_multiple_of(ALIGNMENT);
        text.extend(std::iter::repeat_n(' ', padded - prefix - text.len() - 1));
        text.push('\n');
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend((text.len() as u16).to_le_bytes()); // 64 axes of 20 digits are far from 2^16
        bytes.extend(text.as_bytes());
        bytes
    }

    /// Reads everything before the numbers.
    pub(crate) fn read(bytes: &mut impl Read) -> Result<Self, HeaderError> {
        let mut exact = |n: usize| {
            let mut buffer = vec![0; n];
            let result = bytes.read_exact(&mut buffer);
            result.map_err(|e| damaged(format!("its header cannot be read: {e}")))?;
            Ok(buffer)
        };
        let start = exact(8)?;
        if start[..6] != MAGIC[..] {
            return Err(damaged("it does not begin as .npy files do"));
        }
        let length = match start[6] {
            1 => exact(2)?,
            2 | 3 => exact(4)?,
            version => return Err(damaged(format!("unknown version {version} of .npy"))),
        };
        let length = length
            .iter()
            .rev()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        if length > LONGEST {
            return Err(damaged(format!(
                "a header of {length} bytes, expected at most {LONGEST}"
            )));
        }
        let text = String::from_utf8(exact(length)?);
        Self::parse(&text.map_err(|_| damaged("its header is not text"))?)
    }

    fn parse(text: &str) -> Result<Self, HeaderError> {
        let mut rest = Cursor(text);
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        rest.need("{")?;
        while !rest.skip("}") {
            let key = rest.string()?;
            rest.need(":")?;
            let again = match key {
                "descr" if rest.starts_with("[") => {
                    return Err(HeaderError::NumberType("a record".to_owned()));
                }
                "descr" => descr.replace(rest.string()?).is_some(),
                "fortran_order" => fortran_order.replace(rest.boolean()?).is_some(),
                "shape" => shape.replace(rest.tuple()?).is_some(),
                _ => return Err(rest.unexpected("descr, fortran_order or shape")),
            };
            if again {
                return Err(damaged(format!("its header has `{key}` twice")));
            }
            if !rest.skip(",") {
                rest.need("}")?;
                break;
            }
        }
        if !rest.0.trim().is_empty() {
            return Err(rest.unexpected("the end of the header"));
        }
        let missing = || damaged("its header lacks descr, fortran_order or shape");
        Ok(Self {
            number: NumberType::parse(descr.ok_or_else(missing)?)?,
            fortran_order: fortran_order.ok_or_else(missing)?,
            shape: shape.ok_or_else(missing)?,
        })
    }
}

/// What is left of a header.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn starts_with(&mut self, token: &str) -> bool {
        self.0 = self.0.trim_start();
        self.0.starts_with(token)
    }

    /// Steps over a token, if it is next.
    fn skip(&mut self, token: &str) -> bool {
        let next = self.starts_with(token);
        if next {
            self.0 = &self.0[token.len()..];
        }
        next
    }

    fn need(&mut self, token: &str) -> Result<(), HeaderError> {
        if self.skip(token) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{token}`")))
        }
    }

    fn unexpected(&self, expected: &str) -> HeaderError {
        let found: String = self.0.trim_start().chars().take(12).collect();
        damaged(format!(
            "its header has `{}` where {expected} is expected",
            found.escape_debug()
        ))
    }

    /// A string in quotes of either kind, without escapes.
    fn string(&mut self) -> Result<&'a str, HeaderError> {
        let quote = if self.skip("'") {
            '\''
        } else {
            self.need("\"")?;
            '"'
        };
        let end = self
            .0
            .find(quote)
            .ok_or_else(|| self.unexpected("a string"))?;
        let string = &self.0[..end];
        self.0 = &self.0[end + 1..];
        Ok(string)
    }

    fn boolean(&mut self) -> Result<bool, HeaderError> {
        if self.skip("True") {
            Ok(true)
        } else if self.skip("False") {
            Ok(false)
        } else {
            Err(self.unexpected("True or False"))
        }
    }

    /// A tuple of whole numbers.
    fn tuple(&mut self) -> Result<Vec<usize>, HeaderError> {
        let mut axes = Vec::new();
        self.need("(")?;
        while !self.skip(")") {
            if axes.len() == MOST_AXES {
                return Err(damaged(format!("more than {MOST_AXES} axes")));
            }
            axes.push(self.number()?);
            if !self.skip(",") {
                self.need(")")?;
                break;
            }
        }
        Ok(axes)
    }

    fn number(&mut self) -> Result<usize, HeaderError> {
        let text = self.0.trim_start();
        let end = text.find(|c: char| !c.is_ascii_digit());
        let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
        let number = digits
            .parse()
            .map_err(|_| self.unexpected("the length of an axis"))?;
        // Python 2 wrote long numbers with an L.
        self.0 = rest.strip_prefix('L').unwrap_or(rest);
        Ok(number)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn headers_round_trip() {
        for shape in [vec![], vec![0], vec![7], vec![2, 3], vec![4, 1, 9]] {
            let header = Header::new::<f32>(&shape);
            let bytes = header.to_bytes();
            assert_eq!(bytes.len() % ALIGNMENT, 0);
            assert_eq!(Header::read(&mut bytes.as_slice()).unwrap(), header);
        }
    }

    #[test]
    fn every_way_to_write_the_same_is_read() {
        let expected = Header {
            number: NumberType::I64,
            fortran_order: true,
            shape: vec![3, 5],
        };
        for text in [
            "{'descr': '<i8', 'fortran_order': True, 'shape': (3, 5), }",
            "{'shape': (3L, 5L), 'fortran_order': True, 'descr': '<i8'}  \n",
            "{\"shape\":(3,5,),\"fortran_order\":True,\"descr\":\"<i8\"}",
        ] {
            assert_eq!(Header::parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_at_once() {
        let nested = format!("{{'shape': {}", "[".repeat(60_000));
        let axes = format!("{{'shape': ({})}}", "1, ".repeat(65));
        for (text, why) in [
            ("", "where `{` is expected"),
            ("{'descr': '<f4'}", "lacks"),
            ("{'descr': '<f4', 'descr': '<f4'}", "`descr` twice"),
            ("{'descr': '<f4', 'other': 1}", "where descr"),
            ("{'fortran_order': 1}", "True or False"),
            ("{'shape': (-1, 2)}", "length of an axis"),
            ("{'shape': (99999999999999999999,)}", "length of an axis"),
            ("{'shape': ((1, 2), 3)}", "length of an axis"),
            ("{'shape': (1, 2)} and more", "end of the header"),
            ("{'descr': '<f4", "a string"),
            (&nested, "where `(` is expected"),
            (&axes, "more than 64 axes"),
        ] {
            let Err(HeaderError::Damaged(reason)) = Header::parse(text) else {
                panic!("{text} is no header");
            };
            assert!(reason.contains(why), "{text}: {reason}");
        }
        let record = "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,)}";
        let wrong_type = |found: &str| HeaderError::NumberType(found.to_owned());
        assert_eq!(Header::parse(record), Err(wrong_type("a record")));
        assert_eq!(NumberType::parse("<c8"), Err(wrong_type("<c8")));
    }

    #[test]
    fn a_header_cannot_ask_for_much_memory() {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([2, 0, 255, 255, 255, 255]);
        let error = Header::read(&mut bytes.as_slice()).unwrap_err();
        assert!(matches!(error, HeaderError::Damaged(reason) if reason.contains("4294967295")));
        bytes[6] = 9;
        assert!(Header::read(&mut bytes.as_slice()).is_err());
    }
}
