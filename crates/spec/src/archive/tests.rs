use std::{fs, io::Read as _};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn directory(files: &[(&str, &[u8])]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

fn faults(path: &Path) -> Vec<String> {
    pack(path).unwrap_err().iter().map(ToString::to_string).collect()
}

/// Name, mode and content of each entry.
fn contents(packed: &Packed) -> Vec<(String, u32, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(&packed.archive.bytes[..])).unwrap();
    (0..archive.len())
        .map(|i| {
            let mut file = archive.by_index(i).unwrap();
            assert_eq!(file.last_modified().unwrap().to_string(), "1980-01-01 00:00:00");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().to_owned(), file.unix_mode().unwrap(), bytes)
        })
        .collect()
}

#[test]
fn what_stands_in_the_directory_and_no_more() {
    let dir = directory(&[
        ("lib/b.py", b"b = 1\n"),
        ("app.py", b"import lib.b\n"),
        ("__pycache__/app.cpython-312.pyc", b"x"),
        ("lib/old.pyc", b"x"),
        (".git/HEAD", b"x"),
        (".DS_Store", b"x"),
        (".env", b"kept: hidden files may be needed"),
        ("empty/.DS_Store", b"x"),
    ]);
    let packed = pack(dir.path()).unwrap();
    assert_eq!(packed.names, [".env", "app.py", "lib/b.py"]);
    assert_eq!(
        contents(&packed),
        [
            (".env".to_owned(), 0o100_644, b"kept: hidden files may be needed".to_vec()),
            ("app.py".to_owned(), 0o100_644, b"import lib.b\n".to_vec()),
            ("lib/b.py".to_owned(), 0o100_644, b"b = 1\n".to_vec()),
        ]
    );
}

/// Pins the bytes: whoever changes the writer, its level or its order changes every function's `CodeSha256`.
#[test]
fn the_hash_of_a_known_directory() {
    let dir = directory(&[("app.py", b"def handler(event, context):\n    return event\n"), ("a/b.txt", b"b")]);
    let packed = pack(dir.path()).unwrap();
    insta::assert_snapshot!(format!("{} {}", packed.archive.sha256, packed.archive.bytes.len()), @"b9eu2UsKDuxgTS2tcO/xrZFIwc19CSro1tYkeqPnRLg= 248");
}

#[test]
fn a_file_goes_under_its_own_name() {
    let dir = directory(&[("app.py", b"x = 1\n")]);
    let packed = pack(&dir.path().join("app.py")).unwrap();
    assert_eq!(packed.names, ["app.py"]);
    assert_eq!(packed, pack(dir.path()).unwrap());
}

#[test]
fn an_archive_is_taken_as_it_is() {
    let dir = directory(&[("src/app.py", b"x = 1\n"), ("bad.zip", b"not a zip"), ("worse.zip", b"PK\x03\x04 cut off")]);
    let made = pack(&dir.path().join("src")).unwrap();
    fs::write(dir.path().join("function.zip"), &made.archive.bytes).unwrap();
    assert_eq!(pack(&dir.path().join("function.zip")).unwrap(), made);
    insta::assert_snapshot!(faults(&dir.path().join("bad.zip")).join("\n"), @"is no zip archive: it does not begin like one");
    insta::assert_snapshot!(faults(&dir.path().join("worse.zip")).join("\n"), @"is no zip archive: invalid Zip archive: Could not find EOCD");
}

#[test]
fn nothing_to_pack() {
    let dir = directory(&[(".DS_Store", b"x")]);
    assert_eq!(faults(dir.path()), ["has no file in it"]);
    insta::assert_snapshot!(faults(&dir.path().join("missing")).join("\n"), @"cannot be read: No such file or directory (os error 2)");
}

#[test]
fn too_large() {
    let dir = TempDir::new().unwrap();
    // Sparse: it takes no space and is never read.
    for name in ["a", "b"] {
        fs::File::create(dir.path().join(name)).unwrap().set_len(MAX_UNZIPPED / 2).unwrap();
    }
    insta::assert_snapshot!(faults(dir.path()).join("\n"), @"has 262144000 bytes when unzipped; Lambda takes less than 262144000");
    fs::File::create(dir.path().join("a")).unwrap().set_len(MAX_UNZIPPED).unwrap();
    insta::assert_snapshot!(faults(&dir.path().join("a")).join("\n"), @"has 262144000 bytes when unzipped; Lambda takes less than 262144000");
    assert!(matches!(finish(vec![0; 52_428_801], Vec::new()), Err(FaultKind::TooLargeZipped(52_428_801))));
    assert!(finish(vec![0; 52_428_800], Vec::new()).is_ok());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::{
        fs::{PermissionsExt as _, symlink},
        net::UnixListener,
    };

    use super::*;

    #[test]
    fn only_the_exec_bit_counts() {
        let dir = directory(&[("bootstrap", b"#!/bin/sh\n"), ("data", b"d")]);
        let mode = |name: &str, mode| {
            fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        mode("bootstrap", 0o700);
        mode("data", 0o600);
        let narrow = pack(dir.path()).unwrap();
        mode("bootstrap", 0o777);
        mode("data", 0o666);
        assert_eq!(pack(dir.path()).unwrap(), narrow);
        let modes: Vec<u32> = contents(&narrow).into_iter().map(|(_, mode, _)| mode).collect();
        assert_eq!(modes, [0o100_755, 0o100_644]);
        mode("data", 0o777);
        assert_ne!(pack(dir.path()).unwrap().archive.sha256, narrow.archive.sha256);
    }

    #[test]
    fn links_inside_are_followed() {
        let dir = directory(&[("lib/x.py", b"x = 1\n")]);
        symlink("lib/x.py", dir.path().join("y.py")).unwrap();
        symlink("lib", dir.path().join("again")).unwrap();
        let linked = pack(dir.path()).unwrap();
        let copied = directory(&[("lib/x.py", b"x = 1\n"), ("y.py", b"x = 1\n"), ("again/x.py", b"x = 1\n")]);
        assert_eq!(linked, pack(copied.path()).unwrap());
    }

    #[test]
    fn every_fault_at_once() {
        let outside = directory(&[("secret", b"s")]);
        let dir = directory(&[("app.py", b"x"), ("d/e.py", b"x")]);
        symlink(outside.path().join("secret"), dir.path().join("d/out")).unwrap();
        symlink(outside.path(), dir.path().join("out")).unwrap();
        symlink("nowhere", dir.path().join("dangling")).unwrap();
        symlink(dir.path(), dir.path().join("d/loop")).unwrap();
        symlink("self", dir.path().join("self")).unwrap();
        let _socket = UnixListener::bind(dir.path().join("socket")).unwrap();
        let seen = faults(dir.path())
            .join("\n")
            .replace(&fs::canonicalize(outside.path()).unwrap().display().to_string(), "OUTSIDE");
        insta::assert_snapshot!(seen, @r"
        `d/loop` is a link to a directory that it stands in
        `d/out` is a link out of the directory, to `OUTSIDE/secret`
        `dangling` is a link that leads nowhere
        `out` is a link out of the directory, to `OUTSIDE`
        `self` cannot be read: Too many levels of symbolic links (os error 40)
        `socket` is neither a file nor a directory
        ");
    }

    #[test]
    fn a_link_bomb_ends() {
        let dir = TempDir::new().unwrap();
        for level in 0..40 {
            let here = dir.path().join(format!("d{level}"));
            fs::create_dir(&here).unwrap();
            for twin in ["a", "b"] {
                symlink(format!("../d{}", level + 1), here.join(twin)).unwrap();
            }
        }
        fs::create_dir(dir.path().join("d40")).unwrap();
        assert_eq!(faults(dir.path()), ["has more than 100000 files"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Neither the order in which the files were made nor their times matter; their bytes and names do.
    #[test]
    fn a_pure_function_of_contents(
        files in proptest::collection::btree_map("[a-c]{1,2}(/[x-z]{1,2})?\\.py", proptest::collection::vec(any::<u8>(), 0..2000), 1..8),
        order in any::<u64>(),
        seconds in 0_u64..2_000_000_000,
    ) {
        let forward: Vec<(&str, &[u8])> = files.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
        let mut shuffled = forward.clone();
        let turn = usize::try_from(order % forward.len() as u64).unwrap();
        shuffled.rotate_left(turn);
        shuffled.reverse();
        let (one, two) = (directory(&forward), directory(&shuffled));
        for (name, _) in &forward {
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            fs::File::options().write(true).open(two.path().join(name)).unwrap().set_modified(time).unwrap();
        }
        let packed = pack(one.path()).unwrap();
        prop_assert_eq!(&packed, &pack(two.path()).unwrap());
        let unpacked: BTreeMap<String, Vec<u8>> = contents(&packed).into_iter().map(|(n, _, b)| (n, b)).collect();
        prop_assert_eq!(&unpacked, &files);

        let (name, bytes) = files.iter().next().unwrap();
        fs::write(two.path().join(name), [bytes.as_slice(), b"!"].concat()).unwrap();
        prop_assert_ne!(packed.archive.sha256, pack(two.path()).unwrap().archive.sha256);
    }
}
