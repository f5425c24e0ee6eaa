//! Dividing an order: one child for each losing carrier, kind of number, account, BTN and authorizer; toll-free numbers
//! one for each `RespOrg`. The same rule shows a draft's parts, submits them, and answers a carrier that wants several
//! requests.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use types::{CarrierId, OrderId, RequestNumber, Secret, Tn, Ver};

use super::cancel::AtCarrier;
use super::cutover::Cutover;
use super::details::{Details, KeptSecret};
use super::family::ParentRef;
use super::number::OrderNumber;
use super::number_config::Overrides;
use super::order::{Entry, Order, OrderFact, OrderRecord, Transition};
use super::state::{Children, Court, Draft, OrderState, StateName};
use super::text::{Reference, RespOrg, ShortText};

/// Children of one order at most: they are made in one transaction.
pub const CHILDREN_MAX: usize = 200;

/// How numbers move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartKind {
    /// By a local service request.
    Local,
    /// By a change of `RespOrg`.
    TollFree,
}

/// What the numbers of one order have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartKey {
    /// How they move.
    pub kind: PartKind,
    /// Who has them.
    pub losing_carrier: Option<CarrierId>,
    /// The number that bills them; none for toll-free numbers.
    pub btn: Option<Tn>,
    /// Who may sign.
    pub authorized_by: Option<ShortText>,
    /// The `RespOrg` that controls them, if they are toll-free.
    pub resp_org: Option<RespOrg>,
    /// The customer's name for them.
    pub part: Option<Reference>,
}

/// Numbers that go to the carriers in one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What they have in common.
    pub key: PartKey,
    /// Their account number.
    pub account_number: Option<KeptSecret>,
    /// The numbers, in the order's order.
    pub numbers: Vec<OrderNumber>,
}

/// An order, and the parts of its open numbers.
#[derive(Debug, Clone)]
pub struct Division {
    /// The order without its numbers.
    head: Order,
    /// The parts, in the order of their first numbers.
    pub parts: Vec<Part>,
}

/// The secrets of an order, opened to divide it.
#[derive(Debug, Clone, Default)]
pub struct OpenSecrets {
    /// The account number of the order.
    pub account_number: Option<Secret>,
    /// The tax id.
    pub tax_id: Option<Secret>,
    /// Account numbers of single numbers.
    pub account_numbers: BTreeMap<Tn, Secret>,
    /// PINs.
    pub pins: BTreeMap<Tn, Secret>,
}

impl OpenSecrets {
    /// Puts secrets that are at hand in the clear in the place of those that are stored.
    fn open(&self, order: &mut OrderRecord) {
        let put = |kept: &mut Option<KeptSecret>, opened: Option<&Secret>| {
            if let (Some(KeptSecret::Stored { .. }), Some(secret)) = (&kept, opened) {
                *kept = Some(KeptSecret::Given(secret.clone()));
            }
        };
        put(&mut order.details.account_number, self.account_number.as_ref());
        put(&mut order.details.tax_id, self.tax_id.as_ref());
        for number in &mut order.numbers {
            put(&mut number.pin, self.pins.get(&number.tn));
            let account_number = self.account_numbers.get(&number.tn);
            put(&mut number.overrides.account_number, account_number);
        }
    }
}

impl Order {
    /// The order with its secrets at hand, so that they can be compared, and sealed anew in a child's place.
    #[must_use]
    pub fn with_secrets(mut self, secrets: &OpenSecrets) -> Self {
        secrets.open(&mut self.record);
        self
    }

    /// The parts of the order's open numbers. Account numbers are compared as they are at hand: where some are sealed
    /// the parts are not the final ones.
    pub fn division(&self) -> Division {
        let mut parts: Vec<Part> = Vec::new();
        let mut places: HashMap<PartKey, Vec<usize>> = HashMap::new();
        let open = || self.record.numbers.iter().filter(|number| number.state.is_open());
        let has_local = open().any(|number| !number.is_toll_free());
        for number in open() {
            let (key, account_number) = part_of(&self.record.details, number, has_local);
            let known = places.entry(key.clone()).or_default();
            let has_account = |place: &usize| {
                parts
                    .get(*place)
                    .is_some_and(|part| part.account_number == account_number)
            };
            let same = known.iter().copied().find(has_account);
            if let Some(part) = same.and_then(|place| parts.get_mut(place)) {
                part.numbers.push(number.clone());
            } else {
                known.push(parts.len());
                parts.push(Part {
                    key,
                    account_number,
                    numbers: vec![number.clone()],
                });
            }
        }
        let mut head = self.record.clone();
        head.numbers.clear();
        Division {
            head: Self::restore(head),
            parts,
        }
    }

    /// Makes the order the parent of these children, which have its open numbers from now on. What it sent is taken back:
    /// the carrier wants several requests in its place.
    pub fn divide(
        self,
        children: &[Self],
        at_carrier: AtCarrier,
        now: Timestamp,
    ) -> Result<Transition, VersionsExhausted> {
        let is_draft = matches!(self.record.state, OrderState::Draft(_));
        let was_sent = !is_draft && at_carrier == AtCarrier::Perhaps;
        let ver: Ver = if was_sent {
            self.record.ver.next().ok_or(VersionsExhausted)?
        } else {
            self.record.ver
        };
        let mut facts = vec![OrderFact::Split {
            children: children.iter().map(ChildRef::of).collect(),
        }];
        if was_sent {
            facts.push(OrderFact::CancelRequested);
        }
        let mut order = self;
        order.record.numbers.retain(|number| !number.state.is_open());
        order.record.state = OrderState::Parent(Children {
            state: StateName::Submitted,
            court: Some(Court::Us),
        });
        order.record.since = now;
        order.record.ver = ver;
        order.record.submitted_at = order.record.submitted_at.or(Some(now));
        let entry = Entry {
            note: named(children),
            ..Entry::plain("split")
        };
        Ok(Transition {
            facts,
            ..order.noted(entry)
        })
    }

    /// Sends a child of which the carrier wants several requests again, with the numbers of its first part alone; `siblings`
    /// have the others from now on.
    pub fn keep_first(
        self,
        division: &Division,
        siblings: &[Self],
        now: Timestamp,
    ) -> Result<Transition, VersionsExhausted> {
        let mut kept = match division.parts.first() {
            Some(part) => division.order_of(part),
            None => self.clone(),
        };
        let ended = self
            .record
            .numbers
            .into_iter()
            .filter(|number| !number.state.is_open());
        kept.record.numbers.extend(ended);
        let mut sent = kept.resubmit("split", now).ok_or(VersionsExhausted)?;
        let children = siblings.iter().map(ChildRef::of).collect();
        sent.facts.insert(0, OrderFact::Split { children });
        sent.entry.note = named(siblings);
        Ok(sent)
    }

    /// A child as it is before anything is written to it.
    #[must_use]
    pub fn emptied(&self) -> Self {
        let OrderRecord {
            id,
            request_number,
            account,
            parent,
            created_at,
            ..
        } = self.record;
        Self::restore(OrderRecord {
            parent,
            ..OrderRecord::draft(id, request_number, account, created_at)
        })
    }

    /// Hands a child in that was made of an order whose parts were checked.
    pub fn send_child(self, now: Timestamp) -> Transition {
        let note = self
            .record
            .parent
            .map(|parent| format!("a part of {}", parent.request_number));
        let sent = self.be_submitted(Vec::new(), now);
        let entry = Entry {
            note: note.unwrap_or_default(),
            ..sent.entry
        };
        Transition { entry, ..sent }
    }

    /// Whether the carrier wants several requests instead of this one.
    pub fn is_to_be_split(&self) -> bool {
        let Some(rejection) = self.record.state.rejection() else {
            return false;
        };
        let mut reasons = rejection.reasons.iter();
        reasons.any(|reason| reason.reason.class() == reasons::ReasonClass::Split)
    }
}

fn named(children: &[Order]) -> String {
    let names = children
        .iter()
        .map(|child| child.record.request_number.to_string());
    names.collect::<Vec<_>>().join(", ")
}

/// Carriers' forms have no number for another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the order was changed too often for another version")]
pub struct VersionsExhausted;

/// A child, as a parent's announcement names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildRef {
    /// Its id.
    pub id: OrderId,
    /// Its number for people.
    pub request_number: RequestNumber,
    /// Its losing carrier.
    pub losing_carrier: Option<CarrierId>,
}

impl ChildRef {
    fn of(child: &Order) -> Self {
        Self {
            id: child.record.id,
            request_number: child.record.request_number,
            losing_carrier: child.record.details.losing_carrier.clone(),
        }
    }
}

impl Division {
    /// The order as if it were of this part alone: what its requirements are checked on, and what goes out when there is
    /// no other part.
    #[must_use]
    pub fn order_of(&self, part: &Part) -> Order {
        let mut numbers = part.numbers.clone();
        for number in &mut numbers {
            number.overrides = Overrides::default();
        }
        Order::restore(OrderRecord {
            details: details_of(&self.head.record.details, part),
            numbers,
            ..self.head.record.clone()
        })
    }

    /// A child for one part, as a draft. Its secrets must be at hand.
    #[must_use]
    pub fn child(&self, part: &Part, id: OrderId, request_number: RequestNumber, now: Timestamp) -> Order {
        let whole = &self.head.record;
        let OrderRecord { details, numbers, .. } = self.order_of(part).record;
        let child = Order::restore(OrderRecord {
            // There is one level: what a child divides into are its siblings.
            parent: whole.parent.or(Some(ParentRef {
                id: whole.id,
                request_number: whole.request_number,
            })),
            details,
            numbers,
            cutover: Cutover {
                activation: whole.cutover.activation,
                ..Cutover::default()
            },
            ..OrderRecord::draft(id, request_number, whole.account, now)
        });
        child.enter(OrderState::Draft(Draft::new(now)), now)
    }
}

/// What a number's order has in common with it. The order's account number and BTN are those of the order's losing
/// carrier: they say nothing of a number that is elsewhere.
fn part_of(details: &Details, number: &OrderNumber, has_local: bool) -> (PartKey, Option<KeptSecret>) {
    let own = &number.overrides;
    let is_elsewhere = own.losing_carrier.is_some() && own.losing_carrier != details.losing_carrier;
    let kind = if number.is_toll_free() {
        PartKind::TollFree
    } else {
        PartKind::Local
    };
    let (btn, resp_org) = match kind {
        PartKind::Local => {
            let shared = details.btn.filter(|_| !is_elsewhere);
            (own.btn.or(shared), None)
        }
        // Toll-free numbers have no BTN. One that can be meant for them alone stays, and the requirements refuse it.
        PartKind::TollFree => (
            own.btn.or(details.btn.filter(|_| !has_local)),
            own.resp_org.clone().or_else(|| details.resp_org.clone()),
        ),
    };
    let shared = details.account_number.clone().filter(|_| !is_elsewhere);
    let key = PartKey {
        kind,
        losing_carrier: own
            .losing_carrier
            .clone()
            .or_else(|| details.losing_carrier.clone()),
        btn,
        authorized_by: own
            .authorized_by
            .clone()
            .or_else(|| details.authorized_by.clone()),
        resp_org,
        part: own.part.clone(),
    };
    (key, own.account_number.clone().or(shared))
}

fn details_of(details: &Details, part: &Part) -> Details {
    let key = &part.key;
    Details {
        losing_carrier: key.losing_carrier.clone(),
        account_number: part.account_number.clone(),
        btn: key.btn,
        authorized_by: key.authorized_by.clone(),
        resp_org: key.resp_org.clone(),
        // The new billing number goes with the old one.
        new_btn: details.new_btn.filter(|_| key.btn == details.btn),
        ..details.clone()
    }
}

impl Part {
    /// Its numbers.
    pub fn tns(&self) -> Vec<Tn> {
        self.numbers.iter().map(|number| number.tn).collect()
    }

    /// In what it differs from another part.
    pub fn differs_by(&self, other: &Self) -> Vec<&'static str> {
        let (own, others) = (&self.key, &other.key);
        let fields = [
            ("kind", own.kind != others.kind),
            ("losing_carrier", own.losing_carrier != others.losing_carrier),
            ("account_number", self.account_number != other.account_number),
            ("btn", own.btn != others.btn),
            ("authorized_by", own.authorized_by != others.authorized_by),
            ("resp_org", own.resp_org != others.resp_org),
            ("part", own.part != others.part),
        ];
        let differing = fields.into_iter().filter(|(_, differs)| *differs);
        differing.map(|(field, _)| field).collect()
    }
}
