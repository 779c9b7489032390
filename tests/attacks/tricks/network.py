"""Every way to reach a server on this machine; prints the error of each that failed."""

import os
import socket

address = ("127.0.0.1", int(os.environ["PORT"]))


def tcp(family=socket.AF_INET, place=address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(1)
        one.connect(place)
        one.sendall(b"GOT")


def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"GOT", address)


def fast():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.sendto(b"GOT", 0x20000000, address)


def pair():
    a, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    a.sendto(b"GOT", os.environ["SOCK"])


def path(kind, place):
    with socket.socket(socket.AF_UNIX, kind) as one:
        one.settimeout(1)
        one.connect(place)
        one.sendall(b"GOT")


for attempt in (
    tcp,
    lambda: tcp(socket.AF_INET6, ("::ffff:127.0.0.1", address[1])),
    udp,
    fast,
    pair,
    lambda: path(socket.SOCK_STREAM, os.environ["STREAM"]),
    lambda: path(socket.SOCK_DGRAM, os.environ["SOCK"]),
    lambda: path(socket.SOCK_STREAM, "\0" + os.environ["ABSTRACT"]),
):
    try:
        attempt()
    except OSError as error:
        print(type(error).__name__)
