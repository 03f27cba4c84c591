//! The table: rows are measures, columns are peers, a cell is a figure and its ratio to the reference.

use std::fmt::{self, Display, Formatter};

use serde::{Serialize, Serializer};

/// One platform's figures.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    /// What is compared, in a line.
    pub(crate) title: String,
    /// The peer that every ratio refers to.
    pub(crate) reference: &'static str,
    /// The peer that the targets are for.
    pub(crate) subject: &'static str,
    /// The columns.
    pub(crate) peers: Vec<&'static str>,
    /// The measures.
    pub(crate) rows: Vec<Row>,
}

/// One measure of every peer.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// What is measured.
    pub(crate) measure: String,
    /// In which unit.
    pub(crate) unit: Unit,
    /// At most this ratio is wanted of the subject.
    pub(crate) target: Option<f64>,
    /// A figure for each column; `None` where nothing was measured.
    pub(crate) figures: Vec<Option<f64>>,
    /// The same figures by the reference's.
    pub(crate) ratios: Vec<Option<f64>>,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    /// Instructions in user mode.
    Instructions,
    /// Microseconds.
    Micros,
    /// Milliseconds.
    Millis,
    /// Kibibytes.
    Kibibytes,
}

impl Table {
    /// Adds a measure.
    pub(crate) fn push(&mut self, measure: String, unit: Unit, target: Option<f64>, figures: Vec<Option<f64>>) {
        let reference = self.column(self.reference).and_then(|column| figures[column]);
        let ratios = figures.iter().map(|figure| Some((*figure)? / reference?)).collect();
        self.rows.push(Row { measure, unit, target, figures, ratios });
    }

    fn column(&self, peer: &str) -> Option<usize> {
        self.peers.iter().position(|name| *name == peer)
    }

    /// What became of a row's target.
    fn verdict(&self, row: &Row) -> String {
        let Some(target) = row.target else { return String::new() };
        let ratio = self.column(self.subject).and_then(|column| row.ratios[column]);
        match ratio {
            None => format!("<= {target:.2}: not measured"),
            Some(ratio) if ratio <= target => format!("<= {target:.2}: met"),
            Some(ratio) => format!("<= {target:.2}: MISSED by {:.0} %", (ratio / target - 1.0) * 100.0),
        }
    }
}

impl Unit {
    fn symbol(self) -> &'static str {
        match self {
            Self::Instructions => "instr",
            Self::Micros => "µs",
            Self::Millis => "ms",
            Self::Kibibytes => "KiB",
        }
    }

    fn decimals(self) -> usize {
        match self {
            Self::Instructions | Self::Kibibytes => 0,
            Self::Micros => 1,
            Self::Millis => 2,
        }
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.symbol())
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}; ratios to {}\n", self.title, self.reference)?;
        write!(f, "{:<36}", "")?;
        for peer in &self.peers {
            write!(f, "{peer:>20}")?;
        }
        writeln!(f, "   target for {}", self.subject)?;
        for row in &self.rows {
            write!(f, "{:<36}", format!("{}, {}", row.measure, row.unit.symbol()))?;
            for (figure, ratio) in row.figures.iter().zip(&row.ratios) {
                write!(f, "{:>20}", cell(row.unit, *figure, *ratio))?;
            }
            writeln!(f, "   {}", self.verdict(row))?;
        }
        Ok(())
    }
}

fn cell(unit: Unit, figure: Option<f64>, ratio: Option<f64>) -> String {
    let Some(figure) = figure else { return "-".to_owned() };
    let figure = grouped(&format!("{figure:.*}", unit.decimals()));
    match ratio {
        Some(ratio) => format!("{figure}  {ratio:.2}"),
        None => figure,
    }
}

/// A number with its thousands set apart.
fn grouped(number: &str) -> String {
    let (whole, fraction) = number.find('.').map_or((number, ""), |point| number.split_at(point));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

/// The middle of the values; of two middles the greater.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(target: f64, subject: f64) -> Table {
        let mut table = Table {
            title: "test".to_owned(),
            reference: "reference",
            subject: "subject",
            peers: vec!["reference", "subject"],
            rows: Vec::new(),
        };
        table.push("instructions".to_owned(), Unit::Instructions, Some(target), vec![Some(1000.0), Some(subject)]);
        table
    }

    #[test]
    fn a_target_is_met_or_missed_by_so_much() {
        let (met, missed) = (table(0.8, 800.0), table(0.8, 880.0));
        assert_eq!(met.verdict(&met.rows[0]), "<= 0.80: met");
        assert_eq!(missed.verdict(&missed.rows[0]), "<= 0.80: MISSED by 10 %");
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        let mut table = table(0.8, 800.0);
        table.push("size".to_owned(), Unit::Kibibytes, Some(1.3), vec![Some(1.0), None]);
        assert_eq!(table.verdict(&table.rows[1]), "<= 1.30: not measured");
        assert!(table.to_string().contains("1,000  1.00"));
    }

    #[test]
    fn the_median_ignores_outliers() {
        assert_eq!(median(vec![9000.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(Vec::new()), None);
    }
}
