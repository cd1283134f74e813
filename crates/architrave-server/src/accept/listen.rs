//! Opens a listening socket, or says clearly why it cannot be opened.

use std::{io, net::SocketAddr};

use architrave_engine::Fault;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

/// Connections that wait in the kernel until they are accepted.
const BACKLOG: i32 = 1024;

/// Listens on an address. Port 0 takes a free one. `is_shared`: several listeners of this process take
/// turns on the same port, one per thread.
pub(crate) fn listen(address: SocketAddr, is_shared: bool) -> Result<TcpListener, Fault> {
    open(address, is_shared).map_err(|error| fault(address, &error))
}

/// Refuses an address where anybody listens already. Sharing a port would hide it: the system lets other
/// processes of the same user join, and spreads requests over both.
pub(crate) fn check_free(address: SocketAddr) -> Result<(), Fault> {
    open(address, false).map(drop).map_err(|error| fault(address, &error))
}

fn open(address: SocketAddr, is_shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restarted server need not wait until the last connections of the one before have faded.
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    if is_shared {
        socket.set_reuse_port(true)?;
    }
    #[cfg(not(unix))]
    let _ = is_shared;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

fn fault(address: SocketAddr, error: &io::Error) -> Fault {
    let help = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there: stop it, or choose another port"
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need special rights: choose a higher port"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have that address: use 127.0.0.1, 0.0.0.0 or one of its own"
        }
        _ => "",
    };
    Fault::new(format!("cannot listen on {address}: {error}"), help)
}
