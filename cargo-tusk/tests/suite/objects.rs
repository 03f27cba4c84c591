//! Files that hold a section, in every format.

use object::write::pe::{NtHeaders, Writer};
use object::write::{Object, StandardSegment};
use object::{Architecture, BinaryFormat, Endianness, SectionKind, pe};

/// An ELF, Mach-O or COFF file whose section of that name has these bytes.
pub(crate) fn object(format: BinaryFormat, architecture: Architecture, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = Object::new(format, architecture, Endianness::Little);
    let segment = object.segment_name(StandardSegment::Data).to_vec();
    let section = object.add_section(segment, name.as_bytes().to_vec(), SectionKind::Data);
    object.append_section_data(section, bytes, 1);
    object.write().unwrap()
}

/// A Mach-O file for several processors, made of these.
pub(crate) fn universal(slices: &[(u32, Vec<u8>)]) -> Vec<u8> {
    const ALIGNMENT: usize = 4096;
    let mut header = Vec::new();
    let mut body = Vec::new();
    header.extend(0xcafe_babe_u32.to_be_bytes());
    header.extend(u32::try_from(slices.len()).unwrap().to_be_bytes());
    for (processor, slice) in slices {
        let offset = ALIGNMENT + body.len();
        for word in [*processor, 0, u32::try_from(offset).unwrap(), u32::try_from(slice.len()).unwrap(), 12] {
            header.extend(word.to_be_bytes());
        }
        body.extend_from_slice(slice);
        body.resize(body.len().next_multiple_of(ALIGNMENT), 0);
    }
    header.resize(ALIGNMENT, 0);
    header.extend(body);
    header
}

/// A PE file for x86-64 whose section `.tuskfn` has these bytes.
pub(crate) fn portable_executable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(true, 0x1000, 0x200, &mut out);
    writer.reserve_dos_header_and_stub();
    writer.reserve_nt_headers(16);
    writer.reserve_section_headers(1);
    let length = u32::try_from(bytes.len()).unwrap();
    let range = writer.reserve_section(*b".tuskfn\0", pe::IMAGE_SCN_MEM_READ, length, length);
    writer.write_dos_header_and_stub().unwrap();
    writer.write_nt_headers(NtHeaders {
        machine: pe::IMAGE_FILE_MACHINE_AMD64,
        time_date_stamp: 0,
        characteristics: pe::IMAGE_FILE_EXECUTABLE_IMAGE,
        major_linker_version: 0,
        minor_linker_version: 0,
        address_of_entry_point: 0x1000,
        image_base: 0x1_4000_0000,
        major_operating_system_version: 6,
        minor_operating_system_version: 0,
        major_image_version: 0,
        minor_image_version: 0,
        major_subsystem_version: 6,
        minor_subsystem_version: 0,
        subsystem: pe::IMAGE_SUBSYSTEM_WINDOWS_CUI,
        dll_characteristics: pe::DllFlags(0),
        size_of_stack_reserve: 0,
        size_of_stack_commit: 0,
        size_of_heap_reserve: 0,
        size_of_heap_commit: 0,
    });
    writer.write_section_headers();
    writer.write_section(range.file_offset, bytes);
    out
}
