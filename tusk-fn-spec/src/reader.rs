//! Reads typed values out of an attribute, and keeps every fault.

use std::ops::Range;

use crate::attribute::{COMMON_KEYS, Key, Location, RawAttribute, RawPair, RawValue};
use crate::fault::{Fault, FaultKind};
use crate::name::{resource_fault_at, resource_like};
use crate::suggest;
use crate::trigger;
use crate::units;

/// A text of the attribute and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) at: Location,
}

impl Text {
    /// A fault of the whole text.
    pub(crate) fn fault(&self, kind: FaultKind) -> Fault {
        Fault { at: self.at.clone(), within: None, kind }
    }

    /// A fault of some bytes of the text.
    pub(crate) fn fault_within(&self, range: Range<usize>, kind: FaultKind) -> Fault {
        Fault { at: self.at.clone(), within: Some((self.value.clone(), range)), kind }
    }
}

/// Reads typed values out of an attribute and keeps all faults.
pub(crate) struct Reader<'a> {
    pub(crate) pairs: &'a [RawPair],
    /// The keys of the trigger, as soon as it is known.
    keys: &'static [Key],
    pub(crate) faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(attribute: &'a RawAttribute) -> Self {
        Self { pairs: &attribute.pairs, keys: &[], faults: Vec::new() }
    }

    /// Reports a fault.
    pub(crate) fn push(&mut self, mut fault: Fault) {
        if let Location::ValueOf(key) = fault.at {
            fault.at = self.position(key).map_or(Location::Attribute, Location::Value);
        }
        self.faults.push(fault);
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.pairs.iter().position(|pair| pair.key == key)
    }

    pub(crate) fn find(&self, key: &str) -> Option<(usize, &'a RawValue)> {
        self.position(key).map(|index| (index, &self.pairs[index].value))
    }

    /// Reports unknown keys, repeated keys and missing ones; `kind` is the trigger's word, if there is one.
    pub(crate) fn check_keys(&mut self, kind: Option<&str>) {
        let own = match kind {
            Some(kind) => match trigger::keys_of(kind) {
                Some(keys) => keys,
                // An unknown kind of trigger: which keys it would have cannot be known.
                None => return,
            },
            None => &[],
        };
        self.keys = own;
        let known: Vec<&'static str> = COMMON_KEYS.iter().chain(own).map(|key| key.name).collect();
        for (index, pair) in self.pairs.iter().enumerate() {
            let fault = |kind| Fault { at: Location::Key(index), within: None, kind };
            if self.position(&pair.key) != Some(index) {
                self.faults.push(fault(FaultKind::DuplicateKey { key: pair.key.clone() }));
            } else if !known.contains(&pair.key.as_str()) {
                let others = trigger::kinds_with(&pair.key);
                // Without a trigger, the missing trigger is the fault to mend first.
                if kind.is_none() && !others.is_empty() {
                    continue;
                }
                self.faults.push(fault(FaultKind::UnknownKey {
                    found: pair.key.clone(),
                    trigger: kind.map(str::to_owned),
                    others,
                    known: known.clone(),
                }));
            }
        }
        // A misspelt key is not missing too.
        let meant = |name: &str| {
            self.pairs.iter().any(|pair| {
                !known.contains(&pair.key.as_str()) && suggest::meant(&pair.key, known.iter().copied()) == Some(name)
            })
        };
        let missing = |key: &&Key| key.required && self.position(key.name).is_none() && !meant(key.name);
        let missing: Vec<&Key> = own.iter().filter(missing).collect();
        for key in missing {
            let trigger = kind.unwrap_or_default().to_owned();
            let kind = FaultKind::MissingKey { key: key.name, trigger, example: key.example };
            self.faults.push(Fault { at: Location::Attribute, within: None, kind });
        }
    }

    /// How a value of that key may look in this attribute.
    fn example_of(&self, key: &str) -> &'static str {
        self.keys.iter().find(|known| known.name == key).map_or_else(|| trigger::example_of(key), |known| known.example)
    }

    pub(crate) fn mistyped(&mut self, at: Location, key: &'static str, expected: &'static str, found: &RawValue) {
        let example = with_value(self.example_of(key), found);
        let kind = FaultKind::WrongType { key, expected, found: found.describe(), example };
        self.faults.push(Fault { at, within: None, kind });
    }

    /// The text of a key, if it is there. `Err` where a fault was reported.
    pub(crate) fn text(&mut self, key: &'static str) -> Result<Option<Text>, ()> {
        match self.find(key) {
            None => Ok(None),
            Some((index, RawValue::Text(value))) => Ok(Some(Text { value: value.clone(), at: Location::Value(index) })),
            Some((index, other)) => {
                self.mistyped(Location::Value(index), key, "a text in quotes", other);
                Err(())
            }
        }
    }

    /// The text of a key that must be there. [`Reader::check_keys`] reports the missing ones, but for `trigger`.
    pub(crate) fn required_text(&mut self, key: &'static str) -> Option<Text> {
        let text = self.text(key).ok()?;
        if text.is_none() && key == "trigger" {
            self.faults.push(Fault { at: Location::Attribute, within: None, kind: FaultKind::MissingTrigger });
        }
        text
    }

    /// The texts of a key that takes a list or one text. `Err` where a fault was reported.
    pub(crate) fn texts(&mut self, key: &'static str) -> Result<Option<Vec<Text>>, ()> {
        let (pair, elements) = match self.find(key) {
            None => return Ok(None),
            Some((index, RawValue::Text(value))) => {
                return Ok(Some(vec![Text { value: value.clone(), at: Location::Value(index) }]));
            }
            Some((index, RawValue::List(elements))) => (index, elements),
            Some((index, other)) => {
                self.mistyped(Location::Value(index), key, "a list of texts in quotes", other);
                return Err(());
            }
        };
        let mut texts = Vec::new();
        let mut faultless = true;
        for (element, value) in elements.iter().enumerate() {
            let at = Location::Element { pair, element };
            if let RawValue::Text(value) = value {
                texts.push(Text { value: value.clone(), at });
            } else {
                self.mistyped(at, key, "texts in quotes", value);
                faultless = false;
            }
        }
        if faultless { Ok(Some(texts)) } else { Err(()) }
    }

    /// The size in bytes that a key gives, if it is there. `Err` where a fault was reported.
    pub(crate) fn size(&mut self, key: &'static str) -> Result<Option<u64>, ()> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        units::parse_size(&text.value).map(Some).map_err(|error| {
            self.push(text.fault_within(error.range.clone(), FaultKind::Unit(error)));
        })
    }

    /// The number that a key gives, if it is there. `Err` where a fault was reported.
    pub(crate) fn number(&mut self, key: &'static str, least: u32, most: u32) -> Result<Option<u32>, ()> {
        let text = match self.find(key) {
            None => return Ok(None),
            Some((_, RawValue::Integer(text))) => text.replace('_', ""),
            Some((index, other)) => {
                self.mistyped(Location::Value(index), key, "a whole number", other);
                return Err(());
            }
        };
        match text.parse::<u32>() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => {
                self.push(Fault::value(key, FaultKind::NumberOutside { key, found: text, least, most }));
                Err(())
            }
        }
    }

    /// Whether a key says `true`, if it is there. `Err` where a fault was reported.
    pub(crate) fn flag(&mut self, key: &'static str) -> Result<Option<bool>, ()> {
        match self.find(key) {
            None => Ok(None),
            Some((_, RawValue::Bool(value))) => Ok(Some(*value)),
            Some((index, other)) => {
                self.mistyped(Location::Value(index), key, "`true` or `false`", other);
                Err(())
            }
        }
    }

    /// The one of some words that a key gives, if it is there. `Err` where a fault was reported.
    pub(crate) fn choice<T: Copy>(&mut self, key: &'static str, all: &[(&'static str, T)]) -> Result<Option<T>, ()> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        if let Some((_, choice)) = all.iter().find(|(name, _)| *name == text.value) {
            return Ok(Some(*choice));
        }
        self.push(text.fault(unknown_choice(key, &text.value, all)));
        Err(())
    }

    /// Those of some words that a key lists, if it is there. `Err` where a fault was reported.
    pub(crate) fn choices<T: Copy>(
        &mut self,
        key: &'static str,
        all: &[(&'static str, T)],
    ) -> Result<Option<Vec<T>>, ()> {
        let Some(texts) = self.texts(key)? else { return Ok(None) };
        if texts.is_empty() {
            let example = self.example_of(key);
            self.push(Fault::value(key, FaultKind::NoChoice { key, example }));
            return Err(());
        }
        let mut seen: Vec<&str> = Vec::new();
        let mut choices = Vec::new();
        for text in &texts {
            let kind = match all.iter().find(|(name, _)| *name == text.value) {
                Some((name, _)) if seen.contains(name) => FaultKind::DuplicateChoice { key, found: text.value.clone() },
                Some((name, choice)) => {
                    seen.push(name);
                    choices.push(*choice);
                    continue;
                }
                None => unknown_choice(key, &text.value, all),
            };
            self.push(text.fault(kind));
        }
        if choices.len() == texts.len() { Ok(Some(choices)) } else { Err(()) }
    }

    /// The logical name of a resource that a key gives, if it is there. `Err` where a fault was reported.
    pub(crate) fn resource(&mut self, key: &'static str) -> Result<Option<String>, ()> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let Some(at) = resource_fault_at(&text.value) else { return Ok(Some(text.value)) };
        let length = text.value[at..].chars().next().map_or(0, char::len_utf8);
        let kind = FaultKind::ResourceName { found: text.value.clone(), near: resource_like(&text.value) };
        self.push(text.fault_within(at..at + length, kind));
        Err(())
    }

    /// The same of a key that must be there; [`Reader::check_keys`] reports the missing ones.
    pub(crate) fn required_resource(&mut self, key: &'static str) -> Option<String> {
        self.resource(key).ok().flatten()
    }
}

/// An example with the number that was found, where it is one but for its unit or its quotes.
fn with_value(example: &str, found: &RawValue) -> String {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let quoted = example.trim_matches('"');
    let unit = quoted.trim_start_matches(|character: char| character.is_ascii_digit());
    match found {
        RawValue::Integer(number) if is_number(number) && unit != quoted && is_word(unit) => {
            format!("\"{number}{unit}\"")
        }
        RawValue::Text(number) if is_number(number) && is_number(example) => number.clone(),
        _ => example.to_owned(),
    }
}

fn unknown_choice<T>(key: &'static str, found: &str, all: &[(&'static str, T)]) -> FaultKind {
    FaultKind::UnknownChoice { key, found: found.to_owned(), known: all.iter().map(|(name, _)| *name).collect() }
}
