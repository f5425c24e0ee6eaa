//! Our reasons, and what each entails. One row each: add a reason here and nowhere else.

use crate::word::words;

words! {
    /// What happens next.
    ReasonClass = "class of reason" {
        /// The data is corrected and the order sent again.
        Fix = "fix",
        /// It takes longer. The order goes on by itself.
        Delay = "delay",
        /// The customer acts at the losing carrier, then confirms it, and the order is sent again.
        Customer = "customer",
        /// The order is divided.
        Split = "split",
        /// The order goes another way.
        Reroute = "reroute",
        /// The number cannot be ported by this order.
        Cancel = "cancel",
        /// A person looks at it.
        Manual = "manual",
    }
}

words! {
    /// Who must act.
    Actor = "actor" {
        /// The customer of the platform.
        Customer = "customer",
        /// The person who uses the number.
        EndUser = "end_user",
        /// Our operations.
        Us = "us",
        /// The carrier we port through.
        GainingCarrier = "gaining_carrier",
        /// The carrier that has the number now.
        LosingCarrier = "losing_carrier",
    }
}

words! {
    /// What in an order a reason points at.
    Field = "field" {
        /// The number itself.
        PhoneNumber = "phone_number",
        /// A number's PIN.
        Pin = "pin",
        /// The account number at the losing carrier.
        AccountNumber = "account_number",
        /// The SSN or tax id.
        TaxId = "tax_id",
        /// The billing telephone number.
        Btn = "btn",
        /// The billing telephone number of the lines that stay.
        NewBtn = "new_btn",
        /// A person's first name.
        FirstName = "first_name",
        /// A person's last name.
        LastName = "last_name",
        /// A company's name.
        CompanyName = "company_name",
        /// Who signed.
        AuthorizedBy = "authorized_by",
        /// The service address.
        ServiceAddress = "service_address",
        /// The ZIP or postal code of the service address.
        PostalCode = "postal_code",
        /// Whether lines stay behind.
        Partial = "partial",
        /// The date the port is wanted on.
        WantedDate = "wanted_date",
        /// The letter of authorization.
        Loa = "loa",
    }
}

/// Declares [`Reason`] by its table: name = code, class, actor, fields, meaning, remedy.
macro_rules! reasons {
    ($($name:ident = $code:literal, $class:ident, $actor:ident, [$($field:ident),*],
        $meaning:literal, $remedy:literal;)+) => {
        words! {
            /// Why a carrier rejected or delayed a port, in our words.
            Reason = "reason" {
                $(#[doc = $meaning] $name = $code,)+
            }
        }

        impl Reason {
            /// What happens next.
            pub const fn class(self) -> ReasonClass {
                match self {
                    $(Self::$name => ReasonClass::$class,)+
                }
            }

            /// Who must act.
            pub const fn actor(self) -> Actor {
                match self {
                    $(Self::$name => Actor::$actor,)+
                }
            }

            /// The order's fields that may be at fault.
            pub const fn fields(self) -> &'static [Field] {
                match self {
                    $(Self::$name => &[$(Field::$field),*],)+
                }
            }

            /// What the carrier means, in a plain sentence.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)+
                }
            }

            /// What to do about it, in plain sentences.
            pub const fn remedy(self) -> &'static str {
                match self {
                    $(Self::$name => $remedy,)+
                }
            }
        }
    };
}

reasons! {
    AccountNumber = "ACCOUNT_NUMBER", Fix, Customer, [AccountNumber],
        "The account number is missing or is not the one on file.",
        "Ask the losing carrier for the account number it has on file and correct it here.";
    TaxId = "TAX_ID", Fix, Customer, [TaxId],
        "The SSN or tax id is missing or is not the one on file.",
        "Ask the account holder or the losing carrier which SSN digits or tax id are on file and correct \
        them here.";
    Pin = "PIN", Fix, Customer, [Pin],
        "The PIN or passcode of the number is missing or wrong.",
        "Ask the losing carrier for the number's PIN, sometimes called a number transfer PIN, and enter it \
        here. It is sometimes the last four digits of the account holder's Social Security Number. The \
        same PIN is not sent twice.";
    Zip = "ZIP", Fix, Customer, [PostalCode],
        "The ZIP or postal code is missing or is not the one on file.",
        "Take the ZIP or postal code from the customer service record (CSR) or the bill and correct it \
        here.";
    Address = "ADDRESS", Fix, Customer, [ServiceAddress, PostalCode],
        "The service address is not the one on file.",
        "Ask the losing carrier for the customer service record (CSR), correct the service address to match \
        it, and send a new letter of authorization (LOA).";
    FirstName = "FIRST_NAME", Fix, Customer, [FirstName],
        "The first name is missing or is not the one on file.",
        "Correct the first name to match the customer service record (CSR), and send a new letter of \
        authorization (LOA) if it shows another.";
    LastName = "LAST_NAME", Fix, Customer, [LastName],
        "The last name is missing or is not the one on file.",
        "Correct the last name to match the customer service record (CSR), and send a new letter of \
        authorization (LOA) if it shows another.";
    BusinessName = "BUSINESS_NAME", Fix, Customer, [CompanyName],
        "The company name is missing or is not the one on file.",
        "Correct the company name to match the customer service record (CSR), and send a new letter of \
        authorization (LOA) if it shows another.";
    EndUserName = "END_USER_NAME", Fix, Customer, [FirstName, LastName, CompanyName],
        "The subscriber's name is not the one on file.",
        "Ask the losing carrier for the customer service record (CSR), correct the name to match it, and \
        send a new letter of authorization (LOA).";
    AllDataMismatch = "ALL_DATA_MISMATCH", Fix, Customer, [AccountNumber, FirstName, LastName, CompanyName, ServiceAddress, PostalCode],
        "Name, address and account differ from what is on file.",
        "Ask the losing carrier's porting team for the customer service record (CSR), correct the order to \
        match it, and send a new letter of authorization (LOA).";
    DataMissing = "DATA_MISSING", Fix, Customer, [],
        "Something that the losing carrier requires was not sent.",
        "Compare the order with the customer service record (CSR) and add what is missing; the carrier's \
        own words say what.";
    UnauthorizedSigner = "UNAUTHORIZED_SIGNER", Fix, Customer, [AuthorizedBy, Loa],
        "The person who signed may not make changes to the account.",
        "Ask the losing carrier who is authorized on the account, or have it updated, and send a new letter \
        of authorization (LOA) signed by that person.";
    LoaRequired = "LOA_REQUIRED", Fix, Customer, [Loa],
        "The losing carrier wants to see a letter of authorization.",
        "Send a letter of authorization (LOA) signed by the authorized person within the last 30 days.";
    Btn = "BTN", Fix, Customer, [Btn],
        "The billing telephone number is not that of the account.",
        "Ask the losing carrier for the billing telephone number (BTN), the main number of the account, and \
        correct it here.";
    NewBtnRequired = "NEW_BTN_REQUIRED", Fix, Customer, [NewBtn],
        "The billing telephone number leaves while other lines stay.",
        "Name a number that stays, is active and is not the old one as the new billing telephone number \
        (BTN) of the lines that stay.";
    MigrationIndicator = "MIGRATION_INDICATOR", Fix, Customer, [Partial],
        "The order says all lines leave where some stay, or the other way round.",
        "Check with the losing carrier which lines are on the account, and say here whether any stay \
        behind.";
    Prepaid = "PREPAID", Fix, Customer, [AccountNumber, Pin],
        "The number is prepaid, and its account and PIN are other than those that were sent.",
        "Ask the prepaid carrier for the account number and PIN used for porting, and correct them here.";
    OtherTnFailed = "OTHER_TN_FAILED", Fix, Customer, [PhoneNumber],
        "Another number of the same request was refused.",
        "Correct the number that was refused; this one is sent again with it.";
    FocExpired = "FOC_EXPIRED", Fix, Customer, [WantedDate],
        "The committed date passed without an activation.",
        "Choose a new date; the losing carrier is asked to commit to it.";
    DueDate = "DUE_DATE", Delay, LosingCarrier, [],
        "The losing carrier cannot meet the date.",
        "Nothing is asked of you: the losing carrier needs a later date, and the order goes on with it.";
    SystemOutage = "SYSTEM_OUTAGE", Delay, LosingCarrier, [],
        "The losing carrier's systems are down.",
        "Nothing is asked of you: the order goes on when the carrier's systems are back.";
    Workload = "WORKLOAD", Delay, LosingCarrier, [],
        "The carrier has more requests than it can answer in time.",
        "Nothing is asked of you: the order waits its turn.";
    NetworkNotReady = "NETWORK_NOT_READY", Delay, GainingCarrier, [],
        "The new carrier's network is not ready for the number.",
        "Nothing is asked of you: the order goes on when our carrier partner is ready.";
    OutsideHours = "OUTSIDE_HOURS", Delay, LosingCarrier, [],
        "The request arrived outside the losing carrier's hours.",
        "Nothing is asked of you: the order goes on when the carrier opens.";
    CarrierSilent = "CARRIER_SILENT", Delay, LosingCarrier, [],
        "The losing carrier does not answer.",
        "Nothing is asked of you: the losing carrier is being reminded.";
    EndUserNotReady = "END_USER_NOT_READY", Customer, EndUser, [],
        "The user of the number is not ready to move.",
        "Settle with the user of the number what is still to be done, then confirm here and the order is \
        sent again.";
    TnNotActive = "TN_NOT_ACTIVE", Customer, Customer, [],
        "The number is not in service with the losing carrier.",
        "Ask the losing carrier to reinstate the number, then confirm here that it works and the order is \
        sent again.";
    PendingOrder = "PENDING_ORDER", Customer, Customer, [],
        "Another order is open on the account or the number.",
        "Ask the losing carrier to finish or cancel the other order, then confirm here and this one is sent \
        again.";
    PortProtection = "PORT_PROTECTION", Customer, Customer, [],
        "Port-out protection is on.",
        "Have the account holder switch port-out protection off with the losing carrier, then confirm here \
        and the order is sent again.";
    LineFreeze = "LINE_FREEZE", Customer, Customer, [],
        "The account holder froze the line against changes of carrier.",
        "Have the account holder lift the freeze with the losing carrier, then confirm here and the order \
        is sent again.";
    PlatformLock = "PLATFORM_LOCK", Customer, EndUser, [],
        "The number is locked by the service it is used with, such as Google Voice.",
        "For a Google Voice number: unlock in Google Voice at www.google.com/voice/unlock; other services \
        have a like setting. Then confirm here and the order is sent again.";
    UnsatisfactoryRelationship = "UNSATISFACTORY_RELATIONSHIP", Customer, Customer, [],
        "There is an unpaid balance, or the carrier charges a fee for leaving.",
        "Pay the balance or the fee to the losing carrier, then confirm here that you did and the order is \
        sent again.";
    ResoldAccount = "RESOLD_ACCOUNT", Customer, Customer, [],
        "The number is sold by a reseller of the losing carrier.",
        "Ask your provider for the customer service record (CSR) or for detailed directions how to port the \
        number away, send them to us, and confirm here.";
    FeatureDistinctiveRing = "FEATURE_DISTINCTIVE_RING", Customer, Customer, [],
        "The line has distinctive ring.",
        "Ask the losing carrier to remove distinctive ring from the line, then confirm here and the order \
        is sent again.";
    FeatureHuntGroup = "FEATURE_HUNT_GROUP", Customer, Customer, [],
        "The number is in a hunt group.",
        "Ask the losing carrier to take the number out of its hunt group, then confirm here and the order \
        is sent again.";
    FeatureCentrex = "FEATURE_CENTREX", Customer, Customer, [],
        "The number is part of a Centrex system.",
        "Ask the losing carrier to take the number out of Centrex, then confirm here and the order is sent \
        again.";
    FeatureForeignExchange = "FEATURE_FOREIGN_EXCHANGE", Customer, Customer, [],
        "The line is a foreign exchange line.",
        "Ask the losing carrier to remove the foreign exchange service, then confirm here and the order is \
        sent again.";
    FeatureIsdn = "FEATURE_ISDN", Customer, Customer, [],
        "The number is on an ISDN line.",
        "Ask the losing carrier to take the number off ISDN, then confirm here and the order is sent again.";
    FeatureRemoteCallForwarding = "FEATURE_REMOTE_CALL_FORWARDING", Customer, Customer, [],
        "The number is a remote call forwarding number.",
        "Ask the losing carrier to remove remote call forwarding, then confirm here and the order is sent \
        again.";
    FeatureDsl = "FEATURE_DSL", Customer, Customer, [],
        "The line carries DSL, which would end with the port.",
        "Ask the losing carrier to move DSL to another line or to end it, then confirm here and the order \
        is sent again.";
    FeatureOther = "FEATURE_OTHER", Customer, Customer, [],
        "The line has a feature that prevents porting.",
        "Ask the losing carrier which feature it is and have it removed, then confirm here and the order is \
        sent again.";
    MultiLine = "MULTI_LINE", Split, Customer, [],
        "The losing carrier takes one line a request.",
        "Agree to divide the order: each part then goes on its own.";
    SplitRequired = "SPLIT_REQUIRED", Split, Customer, [],
        "The numbers cannot go in one request.",
        "Agree to divide the order: each part then goes on its own.";
    InternalPort = "INTERNAL_PORT", Reroute, Us, [],
        "The number already is on the network it would go to.",
        "Nothing is asked of you: we arrange the move within the carrier's network.";
    TnNotFound = "TN_NOT_FOUND", Cancel, Customer, [PhoneNumber],
        "The number is not the losing carrier's, or not on this account.",
        "Check the number and who provides it. If either was wrong, correct it; else the number cannot be \
        ported by this order.";
    RateCenter = "RATE_CENTER", Cancel, Customer, [PhoneNumber],
        "Our carrier partner does not serve the place of the number.",
        "The number cannot be ported. You can take a new number from us, or forward calls from this one to \
        it.";
    NotPortable = "NOT_PORTABLE", Manual, Us, [],
        "The losing carrier says that the number cannot be ported.",
        "We check it with the carrier. If the number is indeed unportable, you can take a new number from \
        us, or forward calls from this one to it.";
    CannotSupplement = "CANNOT_SUPPLEMENT", Manual, Us, [],
        "It is too late to change the request.",
        "Nothing is asked of you: we settle the change with the carrier.";
    CannotCancel = "CANNOT_CANCEL", Manual, Us, [],
        "It is too late to cancel the request.",
        "Nothing is asked of you: we let the port complete and, if you wish, have it undone.";
    Conflict = "CONFLICT", Manual, Us, [],
        "The losing carrier disputes the port at the number database.",
        "Nothing is asked of you: we settle the conflict with the carrier.";
    Other = "OTHER", Manual, Us, [],
        "The carrier gave a reason in words only.",
        "Nothing is asked of you: we read what the carrier wrote and tell you what is needed.";
    Unmapped = "UNMAPPED", Manual, Us, [],
        "The carrier gave a code that is not known to us.",
        "Nothing is asked of you: we find out what the carrier means and tell you what is needed.";
}

impl Reason {
    /// The one field at fault, where there is only one that may be.
    pub const fn field(self) -> Option<Field> {
        if let [field] = self.fields() {
            Some(*field)
        } else {
            None
        }
    }

    /// Whether the customer may say that the matter is settled and have the order sent again unchanged. Never so
    /// where data was wrong: a PIN that was refused once is refused again.
    pub const fn is_settled_by_confirming(self) -> bool {
        matches!(self.class(), ReasonClass::Customer)
    }
}
