use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The addresses that processes of the group `group` listen on. Empty where `/proc` does not say.
pub(super) fn addresses(group: u32) -> Vec<SocketAddr> {
    let inodes: HashSet<String> = processes_of(group).iter().flat_map(|process| sockets_of(process)).collect();
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .flat_map(|table| fs::read_to_string(table).unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|line| listener(&line))
        .filter(|(_, inode)| inodes.contains(inode))
        .map(|(address, _)| address)
        .collect()
}

fn processes_of(group: u32) -> Vec<String> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|process| {
            // `PID (name) STATE PARENT GROUP …`; the name may hold spaces and brackets.
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            let after = stat.rsplit_once(") ").map_or("", |(_, after)| after);
            after.split(' ').nth(2) == Some(&group.to_string())
        })
        .collect()
}

fn sockets_of(process: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(format!("/proc/{process}/fd")) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok()?.into_os_string().into_string().ok())
        .filter_map(|link| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect()
}

/// The address and inode of a line of `/proc/net/tcp` that is a listener.
fn listener(line: &str) -> Option<(SocketAddr, String)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (local, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
    if *state != "0A" {
        return None;
    }
    let (ip, port) = local.split_once(':')?;
    // Words of 32 bits in the machine's own order.
    let words: Vec<[u8; 4]> = ip
        .as_bytes()
        .chunks(8)
        .map(|word| u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok().map(u32::to_ne_bytes))
        .collect::<Option<_>>()?;
    let ip = match words[..] {
        [word] => IpAddr::V4(Ipv4Addr::from(word)),
        [_, _, _, _] => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(words.concat()).ok()?)),
        _ => return None,
    };
    Some((SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?), (*inode).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn lines_of_the_kernels_table() {
        let check = |line: &str, expect: Option<&str>| {
            assert_eq!(listener(line).map(|(address, inode)| format!("{address} {inode}")).as_deref(), expect);
        };
        check("0: 0100007F:38E6 00000000:0000 0A 0:0 00:0 0 0 0 4242 1", Some("127.0.0.1:14566 4242"));
        check("1: 00000000:22B3 00000000:0000 0A 0:0 00:0 0 0 0 7 1", Some("0.0.0.0:8883 7"));
        check("2: 00000000000000000000000001000000:0050 0:0 0A 0:0 00:0 0 0 0 9 1", Some("[::1]:80 9"));
        // A connection, not a listener.
        check("3: 0100007F:38E6 0100007F:1234 01 0:0 00:0 0 0 0 4242 1", None);
        check("  sl  local_address rem_address   st tx_queue", None);
    }
}
