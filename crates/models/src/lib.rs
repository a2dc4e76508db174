//! Model zoo: networks with a members axis.
