//! The question that lints ask most: do machines behind the group reach a service on a port?

use super::{
    extent,
    family::Family as _,
    judge::{Decision, Sources},
    policy::NsgPolicy,
};
use crate::{
    model::Direction,
    space::{Cube, Ranges},
};
use std::sync::Arc;

impl NsgPolicy<'_> {
    /// The IPv4 addresses that the tag `name` stands for here, where they are known exactly.
    pub fn known_tag(&self, name: &str) -> Option<Arc<Ranges<u32>>> {
        let extent = extent::tag::<u32>(self.lexicon(), name);
        extent.why.is_none().then_some(extent.surely)
    }

    /// Flows of machines behind the group to some addresses, over TCP on one port.
    pub fn to_service(&self, destination: Arc<Ranges<u32>>, port: u16) -> Cube<u32> {
        let fixed = u32::fixed();
        Cube::new([
            // Where the group is used is not in the input: somewhere in the private ranges.
            Arc::clone(&fixed.private),
            Arc::clone(&fixed.ephemeral),
            destination,
            Arc::new(Ranges::single(port.into())),
            Arc::clone(&fixed.tcp),
        ])
    }

    /// Whether machines behind the group reach the tag `name` over TCP on `port`; `None` where the
    /// tag's addresses or the rules of the group are not known.
    pub fn service(&self, name: &str, port: u16) -> Option<Decision<u32>> {
        let destination = self.known_tag(name).filter(|set| !set.is_empty())?;
        self.reaches(destination, port)
    }

    /// Whether machines behind the group reach some addresses over TCP on `port`; `None` where the
    /// rules of the group are not known.
    pub fn reaches(&self, destination: Arc<Ranges<u32>>, port: u16) -> Option<Decision<u32>> {
        if self.unread().is_some() {
            return None;
        }
        let flows = self.to_service(destination, port);
        Some(self.judge(Direction::Outbound, &flows, Sources::SomeOf))
    }
}
