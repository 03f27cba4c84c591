//! Columns that line up.

use anstyle::Style;

/// Rows of texts below their headings, as lines.
pub(crate) fn lines<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> Vec<String> {
    let mut widths = headings.map(width);
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    let bold = Style::new().bold();
    let heading = line(&headings, &widths);
    let mut lines = vec![format!("{bold}{heading}{bold:#}")];
    lines.extend(rows.iter().map(|row| line(&row.each_ref().map(String::as_str), &widths)));
    lines
}

fn line<const N: usize>(cells: &[&str; N], widths: &[usize; N]) -> String {
    let mut line = String::new();
    for (cell, widest) in cells.iter().zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', widest + 2 - width(cell)));
    }
    line.trim_end().to_owned()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_end_without_blanks() {
        let rows = [["straße".to_owned(), "x".to_owned()], ["a".to_owned(), String::new()]];
        let lines = lines(["NAME", "WHAT"], &rows);
        assert_eq!(lines[1..], ["straße  x", "a"]);
        assert!(lines[0].contains("NAME    WHAT"));
    }
}
