//! Which documents an order must have. Data of the account, by the kind of its numbers.

/// What proves that the subscriber has the account at the losing carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountProof {
    /// Nothing is asked for.
    Nothing,
    /// A bill or a customer service record.
    BillOrCsr,
    /// A bill.
    Bill,
    /// A customer service record.
    Csr,
    /// Both.
    BillAndCsr,
}

impl AccountProof {
    /// Every proof.
    pub const ALL: [Self; 5] = [
        Self::Nothing,
        Self::BillOrCsr,
        Self::Bill,
        Self::Csr,
        Self::BillAndCsr,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "NONE",
            Self::BillOrCsr => "BILL_OR_CSR",
            Self::Bill => "BILL",
            Self::Csr => "CSR",
            Self::BillAndCsr => "BILL_AND_CSR",
        }
    }
}

/// Which documents an account's orders must have. Toll-free numbers always need a letter of authorization: a `RespOrg`
/// lets none go without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentPolicy {
    /// Whether numbers of a place need a letter of authorization.
    pub geographic_loa: bool,
    /// What else numbers of a place need.
    pub geographic: AccountProof,
    /// What else toll-free numbers need.
    pub toll_free: AccountProof,
}

impl Default for DocumentPolicy {
    /// What holds for an account of which nothing was said.
    fn default() -> Self {
        Self {
            geographic_loa: false,
            geographic: AccountProof::BillOrCsr,
            toll_free: AccountProof::BillOrCsr,
        }
    }
}

impl DocumentPolicy {
    /// Whether orders of such numbers need a letter of authorization.
    pub const fn needs_loa(&self, is_toll_free: bool) -> bool {
        is_toll_free || self.geographic_loa
    }

    /// What else orders of such numbers need.
    pub const fn proof(&self, is_toll_free: bool) -> AccountProof {
        if is_toll_free {
            self.toll_free
        } else {
            self.geographic
        }
    }
}
