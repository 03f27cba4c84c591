//! Finds records in LLVM bitcode.
//!
//! With link-time optimisation, which a release profile may well ask for, a library holds bitcode in place of machine code:
//! there are no sections to look into. A constant's characters stand there as they are, eight bits each, only not on byte
//! boundaries. So the file is looked through at each of the eight offsets. What is found must still parse as a record, so
//! nothing can be found that is not there; what LLVM should one day write otherwise is merely not found.

use tusk_fn_spec::record::FunctionRecord;

const MAGIC: [&[u8]; 2] = [b"BC\xC0\xDE", b"\xDE\xC0\x17\x0B"];
/// How every record begins.
const OPENING: &[u8] = b"{\"v\":";

/// Whether this is bitcode.
pub(crate) fn is_bitcode(bytes: &[u8]) -> bool {
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

/// The records in it.
pub(crate) fn records(bytes: &[u8]) -> Vec<FunctionRecord> {
    (0..8).flat_map(|offset| records_in(&shifted(bytes, offset))).collect()
}

/// The bytes that begin `offset` bits later. Bitcode fills bytes from their lowest bit.
fn shifted(bytes: &[u8], offset: u32) -> Vec<u8> {
    let next = bytes.iter().skip(1).chain([&0]);
    bytes.iter().zip(next).map(|(low, high)| (u16::from_le_bytes([*low, *high]) >> offset).to_le_bytes()[0]).collect()
}

fn records_in(bytes: &[u8]) -> Vec<FunctionRecord> {
    let starts = bytes.windows(OPENING.len()).enumerate().filter(|(_, window)| *window == OPENING);
    starts
        .filter_map(|(start, _)| {
            let line = bytes.get(start..)?.split(|byte| *byte == b'\n').next()?;
            FunctionRecord::from_json(line).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &[u8] = br#"{"v":1,"name":"users","trigger":{"kind":"http","route":"users","methods":["GET"]},"source":{"package":"p","module":"p","function":"users","file":"src/lib.rs","line":1}}"#;

    #[test]
    fn a_record_is_found_at_any_bit() {
        for offset in 0..8_u32 {
            let mut bytes = b"BC\xC0\xDE....".to_vec();
            let mut carry = 0;
            for byte in [RECORD, b"\n", &[0; 4]].concat() {
                let wide = u16::from(byte) << offset | carry;
                bytes.push(wide.to_le_bytes()[0]);
                carry = wide >> 8;
            }
            let names: Vec<String> = records(&bytes).into_iter().map(|record| record.name).collect();
            assert_eq!(names, ["users"], "at bit {offset}");
        }
    }

    #[test]
    fn what_is_no_record_is_not_found() {
        assert!(records(b"BC\xC0\xDE{\"v\":1,\"name\":\"x\"}\n{\"v\":").is_empty());
        assert!(records(&[]).is_empty());
    }
}
