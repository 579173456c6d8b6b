//! Statuses: the shared file tests/cases/statuses.json, which is generated from the table.

mod support;

use anysspi::{Error, Status};
use serde::Deserialize;

#[derive(Deserialize)]
struct Statuses {
    statuses: Vec<Row>,
    aliases: Vec<Alias>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    symbol: String,
    number: String,
    family: String,
    sentence: String,
}

#[derive(Deserialize)]
struct Alias {
    symbol: String,
    of: String,
}

fn shared() -> Statuses {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/statuses.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_shared_rows_are_those_of_the_table() {
    let rows = shared().statuses;
    assert_eq!(rows.len(), Status::all().len());
    for row in rows {
        let number = u32::from_str_radix(row.number.trim_start_matches("0x"), 16).unwrap();
        let status = Status(number);
        assert_eq!(status.symbol(), Some(&*row.symbol));
        assert_eq!(status.name(), Some(&*row.name));
        assert_eq!(status.family().name(), row.family);
        assert_eq!(status.sentence(), Some(&*row.sentence));
        assert_eq!(Status::from_symbol(&row.symbol), Some(status));
        let error = Error::from(status);
        assert_eq!(error.to_string(), format!("{}: {}", row.symbol, row.sentence));
    }
    for alias in shared().aliases {
        assert_eq!(Status::from_symbol(&alias.symbol), Status::from_symbol(&alias.of));
    }
}

#[test]
fn a_number_that_nobody_knows_survives() {
    let status = Status(0x8009_0FFF);
    assert_eq!((status.symbol(), status.to_string().as_str()), (None, "0x80090FFF"));
    assert!(Error::from(status).to_string().contains("not in the status table"));
}
