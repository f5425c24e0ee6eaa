//! Whether there are numbers, and the billing number fits to them.

use types::Tn;

use super::Requirement;
use crate::port_in::details::{Details, RemainingNumbers};
use crate::port_in::order::Order;

pub(super) fn check(order: &Order) -> Vec<Requirement> {
    let numbers = &order.record().numbers;
    if numbers.is_empty() {
        return vec![Requirement::missing("numbers", "Add the numbers to port.")];
    }
    Vec::new()
}

/// Whether all numbers are toll-free: such an order is a change of RespOrg.
pub(super) fn is_toll_free(order: &Order) -> bool {
    let numbers = &order.record().numbers;
    !numbers.is_empty()
        && numbers
            .iter()
            .all(crate::port_in::number::OrderNumber::is_toll_free)
}

pub(super) fn check_btn(order: &Order) -> Vec<Requirement> {
    let details = &order.record().details;
    if is_toll_free(order) {
        let btn = details.btn.or(details.new_btn).map(|_| {
            Requirement::fault(
                "TOLL_FREE_BTN",
                "details.btn",
                "toll-free numbers have no billing telephone number",
                "Take it out.",
            )
        });
        return btn.into_iter().collect();
    }
    let Some(btn) = details.btn else {
        let remedy = "Take the billing telephone number (BTN), the account's main number, from the bill.";
        return vec![Requirement::missing("details.btn", remedy)];
    };
    let mut all: Vec<Requirement> = check_new_btn(order, btn).into_iter().collect();
    all.extend(check_remaining(details));
    all
}

/// What becomes of the lines that stay has to be said where there are any: a carrier that is not told may close the account.
fn check_remaining(details: &Details) -> Option<Requirement> {
    const FIELD: &str = "details.remaining_numbers";
    match (details.partial, details.remaining_numbers) {
        (true, None) => Some(Requirement::warning(
            "REMAINING_NOT_SAID",
            FIELD,
            "it is not said what becomes of the lines that stay behind; they are kept",
            "Say whether they are kept or disconnected.",
        )),
        (false, Some(_)) => Some(Requirement::fault(
            "REMAINING_UNEXPECTED",
            FIELD,
            "where all lines leave, none remains",
            "Take it out, or say that lines stay behind.",
        )),
        (true, Some(_)) | (false, None) => None,
    }
}

fn check_new_btn(order: &Order, btn: Tn) -> Option<Requirement> {
    const FIELD: &str = "details.new_btn";
    let details = &order.record().details;
    let keeps = details.remaining_numbers != Some(RemainingNumbers::Disconnect);
    let leaves = |tn: Tn| order.record().numbers.iter().any(|number| number.tn == tn);
    match details.new_btn {
        None if details.partial && keeps && leaves(btn) => Some(Requirement::fault(
            "NEW_BTN_REQUIRED",
            FIELD,
            "the billing number leaves while other lines stay",
            "Name a number that stays as the new billing number; make an order of their own for numbers of another account.",
        )),
        Some(_) if !details.partial => Some(Requirement::fault(
            "NEW_BTN_UNEXPECTED",
            FIELD,
            "where all lines leave, none needs a new billing number",
            "Take it out, or say that lines stay behind.",
        )),
        Some(_) if !keeps => Some(Requirement::fault(
            "NEW_BTN_UNEXPECTED",
            FIELD,
            "where the remaining lines are disconnected, none needs a new billing number",
            "Take it out, or say that the remaining lines are kept.",
        )),
        Some(new_btn) if new_btn == btn => Some(Requirement::fault(
            "NEW_BTN_SAME",
            FIELD,
            "the new billing number is the old one",
            "Name another number that stays.",
        )),
        Some(new_btn) if leaves(new_btn) => Some(Requirement::fault(
            "NEW_BTN_PORTING",
            FIELD,
            "the new billing number leaves as well",
            "Name a number that stays.",
        )),
        None | Some(_) => None,
    }
}
