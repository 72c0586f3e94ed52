//! Who has a port: for the message that says it is in use.

use std::fs;

/// The process that listens on a port, in words, where the system tells (Linux does, of one's own processes).
pub(crate) fn holder(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .find_map(|table| listener(&table, port).map(str::to_owned))?;
    let socket = format!("socket:[{inode}]");
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(open) = fs::read_dir(process.path().join("fd")) else { continue };
        let holds = open.flatten().any(|fd| fs::read_link(fd.path()).is_ok_and(|to| to.as_os_str() == socket.as_str()));
        if holds {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some(format!("{} (process {pid})", name.trim()));
        }
    }
    None
}

/// The inode of the socket that listens on a port, in a table of the kernel's
/// (<https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html>).
fn listener(table: &str, port: u16) -> Option<&str> {
    const LISTEN: &str = "0A";
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, local) = fields.get(1)?.rsplit_once(':')?;
        let listens = fields.get(3) == Some(&LISTEN) && u16::from_str_radix(local, 16) == Ok(port);
        listens.then(|| fields.get(9).copied())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_table_is_read() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
                     0: 0100007F:1E64 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0\n   \
                     1: 0100007F:1E65 00000000:0000 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0\n";
        assert_eq!(listener(table, 7780), Some("4711"));
        assert_eq!(listener(table, 7781), None, "it does not listen");
        assert_eq!(listener("", 7780), None);
    }

    #[test]
    fn a_listener_of_ours_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let found = holder(listener.local_addr().unwrap().port());
        if cfg!(target_os = "linux") {
            assert!(found.unwrap().ends_with(&format!("(process {})", std::process::id())));
        }
    }
}
