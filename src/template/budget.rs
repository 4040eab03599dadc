//! What the templates of one file may cost. Evaluation can grow without bounds from a few bytes:
//! variables that double each other, a long list that every rule refers to. All templates of a
//! file, nested ones too, draw on one budget; what comes after its end is unknown, and says so.

use std::cell::Cell;
use std::rc::Rc;

use super::unknown::Limit;

/// Expressions may need each other this deep, and hold each other; far below what the stack bears.
const MAX_DEPTH: u32 = 200;

/// What one part of an expression costs.
const COST_OF_A_PART: usize = 16;

/// What one element of a list costs that evaluation makes: about its size.
const COST_OF_AN_ELEMENT: usize = 32;

/// No text or list that evaluation makes is longer than this, in bytes or elements.
const MAX_MADE: usize = 1 << 20;

/// The work that every file may cause, and the work for each of its bytes.
const WORK: (usize, usize) = (1 << 24, 32);

/// The bytes that the values of every file may take, and the bytes for each of its own.
const ROOM: (usize, usize) = (1 << 24, 4);

/// What the templates of one file may still cost.
#[derive(Clone, Debug)]
pub struct Budget(Rc<Meters>);

#[derive(Debug)]
struct Meters {
    work: Cell<usize>,
    room: Cell<usize>,
    depth: Cell<u32>,
    serial: Cell<u64>,
}

impl Budget {
    /// The budget of a file that is so many bytes long.
    pub fn of_length(bytes: usize) -> Self {
        let all = |(least, each): (usize, usize)| {
            Cell::new(least.saturating_add(bytes.saturating_mul(each)))
        };
        Self(Rc::new(Meters {
            work: all(WORK),
            room: all(ROOM),
            depth: Cell::new(0),
            serial: Cell::new(0),
        }))
    }

    /// A number that no other call gets.
    pub(super) fn serial(&self) -> u64 {
        let serial = self.0.serial.get();
        self.0.serial.set(serial.wrapping_add(1));
        serial
    }

    /// Goes one level deeper; every success needs an [`Self::ascend`].
    pub(super) fn descend(&self) -> Result<(), Limit> {
        self.work(COST_OF_A_PART)?;
        if self.0.depth.get() >= MAX_DEPTH {
            return Err(Limit::Depth);
        }
        self.0.depth.set(self.0.depth.get() + 1);
        Ok(())
    }

    /// Comes back up.
    pub(super) fn ascend(&self) {
        self.0.depth.set(self.0.depth.get().saturating_sub(1));
    }

    /// Is an expression being evaluated?
    pub(super) fn is_inside(&self) -> bool {
        self.0.depth.get() > 0
    }

    /// Pays for work; a byte read or made is one unit.
    pub(super) fn work(&self, units: usize) -> Result<(), Limit> {
        pay(&self.0.work, units).ok_or(Limit::Work)
    }

    /// Pays for bytes that are kept.
    pub(super) fn keep(&self, bytes: usize) -> Result<(), Limit> {
        pay(&self.0.room, bytes).ok_or(Limit::Room)
    }

    /// Pays for adding so many bytes to a text that then has `length`.
    pub(super) fn text(&self, added: usize, length: usize) -> Result<(), Limit> {
        if length > MAX_MADE { Err(Limit::Length) } else { self.work(added) }
    }

    /// Pays for adding an element to a list that then has `length`.
    pub(super) fn element(&self, length: usize) -> Result<(), Limit> {
        if length > MAX_MADE {
            return Err(Limit::Length);
        }
        self.work(1)?;
        self.keep(COST_OF_AN_ELEMENT)
    }
}

/// Once something could not be paid for, nothing more can.
fn pay(left: &Cell<usize>, units: usize) -> Option<()> {
    let rest = left.get().checked_sub(units);
    left.set(rest.unwrap_or_default());
    rest.map(|_| ())
}
