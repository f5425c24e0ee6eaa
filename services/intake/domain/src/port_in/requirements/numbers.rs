//! Whether the numbers fit in one order, and the billing number to them.

use types::Tn;

use super::Requirement;
use crate::port_in::order::Order;

pub(super) fn check(order: &Order) -> Vec<Requirement> {
    let numbers = &order.record().numbers;
    if numbers.is_empty() {
        return vec![Requirement::missing("numbers", "Add the numbers to port.")];
    }
    if is_toll_free(order) {
        return Vec::new();
    }
    let toll_free = numbers.iter().filter(|number| number.is_toll_free());
    toll_free
        .map(|number| {
            let fault = Requirement::fault(
                "TOLL_FREE_SEPARATE_ORDER",
                "numbers",
                format!("{} is toll-free and moves by a change of RespOrg", number.tn),
                "Take it out and make an order of toll-free numbers alone.",
            );
            fault.about(number.tn)
        })
        .collect()
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
    check_new_btn(order, btn).into_iter().collect()
}

fn check_new_btn(order: &Order, btn: Tn) -> Option<Requirement> {
    const FIELD: &str = "details.new_btn";
    let details = &order.record().details;
    let leaves = |tn: Tn| order.record().numbers.iter().any(|number| number.tn == tn);
    match details.new_btn {
        None if details.partial && leaves(btn) => Some(Requirement::fault(
            "NEW_BTN_REQUIRED",
            FIELD,
            "the billing number leaves while other lines stay",
            "Name a number that stays as the new billing number.",
        )),
        Some(_) if !details.partial => Some(Requirement::fault(
            "NEW_BTN_UNEXPECTED",
            FIELD,
            "where all lines leave, none needs a new billing number",
            "Take it out, or say that lines stay behind.",
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
