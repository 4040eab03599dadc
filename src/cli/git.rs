//! Files as they were at a revision, in a temporary folder. Objects are read as they are stored:
//! no hook, filter or checkout has a part in it, nothing is written to the repository, and nothing
//! is fetched.

use super::failure::Failure;
use crate::report::clean;
use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    path::{Component, Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Longer files are left out; a policy file of that length is refused elsewhere, too.
const MAX_BYTES: u64 = 1 << 30;

/// Files of one revision.
#[derive(Debug)]
pub(super) struct Revision {
    folder: TempDir,
    /// How the revision was called.
    name: String,
    /// The paths that were asked for, in the folder; those that the revision does not have are
    /// left out.
    pub(super) paths: Vec<PathBuf>,
}

/// Why a revision could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum GitFault {
    /// The program is not there.
    #[error("cannot run `git`: {0}; install it, or give two folders")]
    NoGit(io::Error),
    /// It refused.
    #[error("git: {}", clean::line(.0))]
    Refused(String),
    /// There is no such revision.
    #[error(
        "the repository has no revision `{}`: give a branch, a tag or a commit that is here",
        clean::line(.0)
    )]
    NoRevision(String),
    /// The copy could not be made.
    #[error("cannot copy the old version: {0}")]
    Copy(io::Error),
    /// It said something else than it should.
    #[error("git gave an answer that is not understood: {}", clean::line(.0))]
    Odd(String),
}

impl Revision {
    /// Copies what `paths` hold at `revision`.
    pub(super) fn read(revision: &str, paths: &[OsString]) -> Result<Self, Failure> {
        Ok(Self::copy(revision, paths)?)
    }

    fn copy(revision: &str, paths: &[OsString]) -> Result<Self, GitFault> {
        let tree = format!("{revision}^{{tree}}");
        let tree = text(git().args(["rev-parse", "--verify", "--end-of-options"]).arg(&tree));
        let tree = tree.map_err(|fault| match fault {
            GitFault::Refused(said) if said.contains("single revision") => {
                GitFault::NoRevision(revision.to_owned())
            }
            other => other,
        })?;
        let prefix = text(git().args(["rev-parse", "--show-prefix"]))?;
        let folder = tempfile::Builder::new().prefix("egresslint-").tempdir();
        let folder = folder.map_err(GitFault::Copy)?;
        // With it, files that git ignores are left out as they are in the working tree.
        fs::create_dir(folder.path().join(".git")).map_err(GitFault::Copy)?;
        let mut list = git();
        list.args(["ls-tree", "-r", "-l", "-z", "--full-name"]).arg(&tree).arg("--").args(paths);
        let blobs = blobs(&output(&mut list)?)?;
        write_all(&blobs, folder.path())?;
        let inside = |path: &OsString| within(Path::new(&prefix), Path::new(path));
        let copies = paths.iter().filter_map(inside).map(|path| folder.path().join(path));
        let paths = copies.filter(|path| path.exists()).collect();
        Ok(Self { folder, name: revision.to_owned(), paths })
    }

    /// How a file of the copy is called for people: `main:net/nsg.json`.
    pub(super) fn title(&self, path: &str) -> String {
        let folder = self.folder.path().to_string_lossy().replace('\\', "/");
        let rest = path.strip_prefix(&*folder).and_then(|rest| rest.strip_prefix('/'));
        rest.map_or_else(|| path.to_owned(), |rest| format!("{}:{rest}", self.name))
    }
}

/// A file of the revision.
struct Blob {
    object: String,
    path: String,
}

fn git() -> Command {
    let mut command = Command::new("git");
    command
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null());
    command
}

fn output(command: &mut Command) -> Result<Vec<u8>, GitFault> {
    let done = command.output().map_err(GitFault::NoGit)?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let said = said.trim();
    let line = said.lines().next().unwrap_or("it ended without a word");
    Err(GitFault::Refused(line.trim_start_matches("fatal: ").to_owned()))
}

fn text(command: &mut Command) -> Result<String, GitFault> {
    let bytes = output(command)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned())
}

/// The files of `git ls-tree -l -z`: neither links nor other repositories.
fn blobs(list: &[u8]) -> Result<Vec<Blob>, GitFault> {
    let mut blobs = Vec::new();
    for entry in list.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        let entry = String::from_utf8_lossy(entry);
        let odd = || GitFault::Odd(entry.to_string());
        let (head, path) = entry.split_once('\t').ok_or_else(odd)?;
        let words: Vec<&str> = head.split_ascii_whitespace().collect();
        let &[mode, kind, object, size] = words.as_slice() else { return Err(odd()) };
        let is_short = size.parse::<u64>().is_ok_and(|size| size <= MAX_BYTES);
        if kind == "blob" && mode.starts_with("100") && is_short {
            blobs.push(Blob { object: object.to_owned(), path: path.to_owned() });
        }
    }
    Ok(blobs)
}

/// Writes the files below `folder`, by one program for all of them.
fn write_all(blobs: &[Blob], folder: &Path) -> Result<(), GitFault> {
    if blobs.is_empty() {
        return Ok(());
    }
    let mut batch = git();
    batch.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = batch.stderr(Stdio::null()).spawn().map_err(GitFault::NoGit)?;
    let done = hand_over(&mut child, blobs, folder);
    // What it is told no more, it does not wait for.
    drop(child.stdin.take());
    let _ = child.wait();
    done
}

fn hand_over(child: &mut Child, blobs: &[Blob], folder: &Path) -> Result<(), GitFault> {
    let (Some(mut asks), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(GitFault::Odd("no pipes".to_owned()));
    };
    let mut answers = BufReader::new(answers);
    for blob in blobs {
        let Some(path) = within(Path::new(""), Path::new(&blob.path)) else { continue };
        writeln!(asks, "{}", blob.object).and_then(|()| asks.flush()).map_err(GitFault::Copy)?;
        let mut head = String::new();
        answers.read_line(&mut head).map_err(GitFault::Copy)?;
        let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
        let Some(size) = size else { return Err(GitFault::Odd(head)) };
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(GitFault::Copy)?;
        }
        let mut file = fs::File::create(&path).map_err(GitFault::Copy)?;
        io::copy(&mut answers.by_ref().take(size), &mut file).map_err(GitFault::Copy)?;
        let mut end = [0];
        answers.read_exact(&mut end).map_err(GitFault::Copy)?;
    }
    Ok(())
}

/// `path` below `prefix`, without dots; `None` where it leads out of the repository.
fn within(prefix: &Path, path: &Path) -> Option<PathBuf> {
    let mut whole = PathBuf::new();
    for part in prefix.components().chain(path.components()) {
        match part {
            // Nobody's policy is in there.
            Component::Normal(name) if name == OsStr::new(".git") => return None,
            Component::Normal(name) => whole.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !whole.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_repository() {
        let within = |prefix: &str, path: &str| within(Path::new(prefix), Path::new(path));
        assert_eq!(within("net/", "."), Some(PathBuf::from("net")));
        assert_eq!(within("net/", "../apps/./x.json"), Some(PathBuf::from("apps/x.json")));
        assert_eq!(within("", "../x"), None);
        assert_eq!(within("", "/etc/passwd"), None);
        assert_eq!(within("", "a/.git/hooks/pre-commit"), None);
    }

    #[test]
    fn links_and_other_repositories_are_no_files() {
        let list = b"100644 blob 1111   10\ta b.json\x00120000 blob 2222    3\tlink\0\
                     160000 commit 3333       -\tother\x00100755 blob 4444 99999999999\tlong\0";
        let paths: Vec<String> = blobs(list).unwrap().into_iter().map(|blob| blob.path).collect();
        assert_eq!(paths, ["a b.json"]);
        assert!(blobs(b"100644 blob\tx\0").is_err());
    }
}
