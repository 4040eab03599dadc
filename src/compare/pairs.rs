//! Which element of one version is which of the other: by resource id where both have one, else by
//! file and name, else by a name that only one element has.

use crate::{finding::ScopeKind, model::names};
use std::{collections::BTreeMap, path::Path};

/// What the paths of one version begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root(String);

impl Root {
    /// A folder or file, as its files are shown.
    pub fn new(path: &Path) -> Self {
        let text = path.to_string_lossy().replace('\\', "/");
        let text = text.strip_prefix("./").unwrap_or(&text);
        Self(text.trim_end_matches('/').to_owned())
    }

    /// The rest of a path below this root; empty for the root itself.
    fn rest<'f>(&self, file: &'f str) -> Option<&'f str> {
        let file = file.strip_prefix("./").unwrap_or(file);
        if self.0 == "." || self.0.is_empty() {
            return Some(file);
        }
        let rest = file.strip_prefix(&self.0)?;
        // The root of a revision: `main:`.
        if rest.is_empty() || self.0.ends_with(':') { Some(rest) } else { rest.strip_prefix('/') }
    }
}

/// An element of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What it is.
    pub scope: ScopeKind,
    /// Its name.
    pub name: String,
    /// Its file as shown.
    pub file: String,
    /// The file below what was given.
    place: String,
    /// Its id, where that means the same everywhere.
    id: Option<String>,
}

impl Subject {
    /// An element of that name in that file.
    pub fn new(scope: ScopeKind, name: &str, file: &str, roots: &[Root]) -> Self {
        let place = roots.iter().find_map(|root| root.rest(file)).unwrap_or(file);
        Self {
            scope,
            name: name.to_owned(),
            file: file.to_owned(),
            place: place.to_owned(),
            id: None,
        }
    }

    /// The same with its resource id, if that is known as a whole.
    #[must_use]
    pub fn known_as(mut self, id: &str) -> Self {
        self.id = names::is_global(id).then(|| id.to_owned());
        self
    }
}

/// What two elements have in common that are taken for one.
type Key = (ScopeKind, String, String);

/// Elements of two versions, in pairs.
#[derive(Debug)]
pub(super) struct Pairs {
    old: Vec<Subject>,
    new: Vec<Subject>,
    /// For each of the old ones, its place among the new ones.
    found: Vec<Option<usize>>,
}

impl Pairs {
    pub(super) fn new(old: Vec<Subject>, new: Vec<Subject>) -> Self {
        let found = vec![None; old.len()];
        let mut pairs = Self { old, new, found };
        let lower = |it: &Subject| it.name.to_lowercase();
        pairs.by(|it| Some((it.scope, it.id.clone()?, it.place.clone())), true);
        pairs.by(|it| Some((it.scope, it.id.clone()?, String::new())), false);
        // An id that both have and that differs tells two elements apart.
        pairs.by(|it| Some((it.scope, lower(it), it.place.clone())), true);
        pairs.by(|it| Some((it.scope, lower(it), String::new())), false);
        pairs.by(|it| Some((it.scope, String::new(), it.place.clone())), false);
        pairs
    }

    /// Pairs what is left by a key: where several have the same one, by their order or not at all.
    fn by(&mut self, key: impl Fn(&Subject) -> Option<Key>, several: bool) {
        let mut free: BTreeMap<Key, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, subject) in self.old.iter().enumerate() {
            if let (None, Some(key)) = (self.found.get(at).copied().flatten(), key(subject)) {
                free.entry(key).or_default().0.push(at);
            }
        }
        let taken: Vec<usize> = self.found.iter().copied().flatten().collect();
        for (at, subject) in self.new.iter().enumerate() {
            if !taken.contains(&at)
                && let Some(key) = key(subject)
            {
                free.entry(key).or_default().1.push(at);
            }
        }
        for (old, new) in free.into_values() {
            if several || (old.len() == 1 && new.len() == 1) {
                for (one, other) in old.into_iter().zip(new) {
                    if self.may_be_one(one, other)
                        && let Some(found) = self.found.get_mut(one)
                    {
                        *found = Some(other);
                    }
                }
            }
        }
    }

    fn may_be_one(&self, one: usize, other: usize) -> bool {
        let id = |list: &[Subject], at: usize| list.get(at).and_then(|it| it.id.clone());
        match (id(&self.old, one), id(&self.new, other)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        }
    }

    /// The places of those that both versions have, in the order of the new one.
    pub(super) fn both(&self) -> Vec<(usize, usize)> {
        let found = self.found.iter().enumerate();
        let mut both: Vec<_> = found.filter_map(|(old, new)| Some((old, (*new)?))).collect();
        both.sort_by_key(|(_, new)| *new);
        both
    }

    /// Those that only one of the versions has.
    pub(super) fn alone(&self) -> (Vec<Subject>, Vec<Subject>) {
        let taken: Vec<usize> = self.found.iter().copied().flatten().collect();
        let gone = self.old.iter().zip(&self.found).filter(|(_, found)| found.is_none());
        let added = self.new.iter().enumerate().filter(|(at, _)| !taken.contains(at));
        (gone.map(|(it, _)| it.clone()).collect(), added.map(|(_, it)| it.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(name: &str, file: &str, id: &str) -> Subject {
        let roots = [Root::new(Path::new("old")), Root::new(Path::new("./new/"))];
        Subject::new(ScopeKind::Nsg, name, file, &roots).known_as(id)
    }

    fn pairs(old: &[(&str, &str, &str)], new: &[(&str, &str, &str)]) -> Vec<(usize, usize)> {
        let of = |all: &[(&str, &str, &str)]| -> Vec<Subject> {
            all.iter().map(|&(name, file, id)| subject(name, file, id)).collect()
        };
        Pairs::new(of(old), of(new)).both()
    }

    const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/g/providers/microsoft.network/networksecuritygroups/a";

    #[test]
    fn elements_are_paired_by_id_then_file_and_name_then_name() {
        let other = ID.replace("/g/", "/h/");
        let one = pairs(&[("a", "old/x.json", ID)], &[("A", "new/y.json", ID)]);
        assert_eq!(one, [(0, 0)]);
        let moved = pairs(&[("a", "old/x.json", "")], &[("a", "new/sub/x.json", "")]);
        assert_eq!(moved, [(0, 0)]);
        // Two of one name in other files: nobody knows which is which.
        let two = [("a", "new/y.json", ""), ("a", "new/z.json", "")];
        assert_eq!(pairs(&[("a", "old/x.json", "")], &two), []);
        let same_file = [("a", "new/y.json", ""), ("a", "new/x.json", "")];
        assert_eq!(pairs(&[("a", "old/x.json", "")], &same_file), [(0, 1)]);
        // Ids that differ tell apart what has one name.
        assert_eq!(pairs(&[("a", "old/x.json", ID)], &[("a", "new/x.json", &other)]), []);
        // The only group of a file that was renamed.
        let renamed = pairs(&[("a", "old/x.json", "")], &[("b", "new/x.json", "")]);
        assert_eq!(renamed, [(0, 0)]);
    }
}
