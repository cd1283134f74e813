//! Where a client really is: believed only from proxies that the operator trusts.

use std::{net::IpAddr, str::FromStr};

use http::{HeaderMap, header};

/// A network in CIDR form, e.g. `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: u128,
    prefix: u32,
}

impl Network {
    /// Whether an address belongs to it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let shift = 128_u32.saturating_sub(self.prefix);
        let differing = self.address ^ bits(address);
        // Shifting by the full width would overflow; then every address belongs.
        differing.checked_shr(shift).unwrap_or(0) == 0
    }
}

/// IPv4 as IPv4-mapped IPv6, so that one comparison serves both.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(it) => it.to_ipv6_mapped().to_bits(),
        IpAddr::V6(it) => it.to_bits(),
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a network such as `10.0.0.0/8` or `fd00::/8`");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (length, offset) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let prefix = prefix.map_or(Ok(length), str::parse::<u32>).map_err(|_| wrong())?;
        if prefix > length {
            return Err(wrong());
        }
        Ok(Self { address: bits(address), prefix: prefix + offset })
    }
}

/// What is known of the way a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The client's address.
    pub(crate) address: IpAddr,
    /// Whether the client spoke TLS with a trusted proxy.
    pub(crate) is_secure: bool,
}

/// Works out the client's address: the last one in the chain that is not a trusted proxy itself.
/// Anything unreadable ends the chain, so that a client cannot hide behind noise.
pub(crate) fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Origin {
    let peer = peer.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|it| it.contains(address));
    if trusted.is_empty() || !is_trusted(peer) {
        return Origin { address: peer, is_secure: false };
    }
    let mut address = peer;
    for hop in chain(headers).into_iter().rev() {
        let Some(hop) = hop else { break };
        address = hop.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    Origin { address, is_secure: is_secure(headers) }
}

/// Addresses that proxies noted, nearest client first; none for what is unreadable. `Forwarded` wins over
/// `X-Forwarded-For`, since a proxy that writes the standard header replaces the other's meaning.
fn chain(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let forwarded = values(headers, header::FORWARDED.as_str());
    if !forwarded.is_empty() {
        return forwarded.iter().map(|it| element(it, "for").and_then(node)).collect();
    }
    values(headers, "x-forwarded-for").iter().map(|it| node(it)).collect()
}

/// Items of a comma-separated header, over all its lines.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let lines = headers.get_all(name).iter();
    lines.flat_map(|it| it.to_str().unwrap_or("?").split(',')).map(str::trim).collect()
}

/// The value of one parameter of a `Forwarded` element (RFC 7239).
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split(';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// An address with or without brackets and port.
fn node(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']')?.0.parse().ok();
    }
    text.rsplit_once(':')?.0.parse().ok()
}

fn is_secure(headers: &HeaderMap) -> bool {
    let last = |name: &str| values(headers, name).last().copied().map(str::to_owned);
    let proto = last(header::FORWARDED.as_str())
        .and_then(|it| element(&it, "proto").map(str::to_owned))
        .or_else(|| last("x-forwarded-proto"));
    proto.is_some_and(|it| it.eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn check(peer: &str, sent: &[(&str, &str)], address: &str, is_secure: bool) {
        let trusted: Vec<Network> =
            ["10.0.0.0/8", "fd00::/8"].iter().map(|it| it.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let found = origin(peer.parse().unwrap(), &headers, &trusted);
        assert_eq!(
            found,
            Origin { address: address.parse().unwrap(), is_secure },
            "{peer} {sent:?}"
        );
    }

    #[test]
    fn strangers_cannot_choose_their_address() {
        let spoofed: &[&[(&str, &str)]] = &[
            &[("x-forwarded-for", "1.2.3.4")],
            &[("x-forwarded-for", "10.0.0.1")],
            &[("x-forwarded-for", "127.0.0.1, 10.0.0.2")],
            &[("x-forwarded-for", "::1")],
            &[("forwarded", "for=1.2.3.4")],
            &[("forwarded", "for=\"[::1]\";proto=https")],
            &[("x-forwarded-proto", "https")],
            &[("x-real-ip", "1.2.3.4")],
            &[("client-ip", "1.2.3.4")],
            &[("true-client-ip", "1.2.3.4")],
            &[("cf-connecting-ip", "1.2.3.4")],
            &[("x-client-ip", "1.2.3.4")],
            &[("x-cluster-client-ip", "1.2.3.4")],
            &[("via", "1.1 1.2.3.4")],
        ];
        for sent in spoofed {
            check("203.0.113.9", sent, "203.0.113.9", false);
        }
        check("2001:db8::1", &[("x-forwarded-for", "1.2.3.4")], "2001:db8::1", false);
    }

    #[test]
    fn trusted_proxies_are_believed_as_far_as_they_reach() {
        for (sent, address) in [
            ("198.51.100.7", "198.51.100.7"),
            // What the client wrote itself stands left of what our proxy saw.
            ("1.2.3.4, 198.51.100.7", "198.51.100.7"),
            ("1.2.3.4, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
            ("198.51.100.7, 10.1.1.1, 10.2.2.2", "198.51.100.7"),
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::5]:4711", "2001:db8::5"),
            ("2001:db8::5", "2001:db8::5"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            // Noise ends the chain at the last address that could be read.
            ("198.51.100.7, garbage, 10.1.1.1", "10.1.1.1"),
            ("garbage", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            check("10.0.0.1", &[("x-forwarded-for", sent)], address, false);
        }
        check("10.0.0.1", &[], "10.0.0.1", false);
        check("::ffff:10.0.0.1", &[("x-forwarded-for", "1.2.3.4")], "1.2.3.4", false);
        check("10.0.0.1", &[("forwarded", "for=1.2.3.4;proto=https")], "1.2.3.4", true);
        check("10.0.0.1", &[("forwarded", "for=\"[2001:db8::5]:80\"")], "2001:db8::5", false);
        check("10.0.0.1", &[("forwarded", "for=unknown")], "10.0.0.1", false);
        check("10.0.0.1", &[("x-forwarded-proto", "https")], "10.0.0.1", true);
        let both = [("forwarded", "for=1.2.3.4"), ("x-forwarded-for", "5.6.7.8")];
        check("10.0.0.1", &both, "1.2.3.4", false);
        let lines = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "5.6.7.8")];
        check("10.0.0.1", &lines, "5.6.7.8", false);
    }

    #[test]
    fn networks_are_read_strictly() {
        for (text, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("0.0.0.0/0", "8.8.8.8", "2001:db8::1"),
            ("::/0", "2001:db8::1", ""),
            ("fd00::/8", "fd12::1", "fe80::1"),
        ] {
            let network: Network = text.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{text}");
            if !outside.is_empty() {
                assert!(!network.contains(outside.parse().unwrap()), "{text}");
            }
        }
        for text in ["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/-1", "10.0.0.0/8/8"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
