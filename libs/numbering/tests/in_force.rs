//! A process that is given a file of area codes judges by it.

use jiff::civil::date;
use numbering::{NumberingTable, OtherTableInForce};

// Alone in its binary: what is in force is the whole process's.
#[test]
fn the_table_put_in_force_judges_every_number_and_is_not_changed_again() {
    let today = date(2026, 11, 16);
    assert!(numbering::inspect("429 234 5678", today).is_err());
    let text = "npa,kind,country,state,effective_from\n429,geographic,US,MO,\n";
    let table = NumberingTable::built_in().with_overrides(text).unwrap();
    assert_eq!(table.clone().put_in_force(), Ok(()));
    let info = numbering::inspect("429 234 5678", today).unwrap();
    assert_eq!(info.state.unwrap().to_string(), "MO");
    // A second service of the same process, given the same file.
    assert_eq!(table.put_in_force(), Ok(()));
    let other = NumberingTable::built_in().clone();
    assert_eq!(other.put_in_force(), Err(OtherTableInForce));
}
