package org.godwit.mcs.agents;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;

/** Vert.x's own sockets, but that whoever is accepted passes through an {@link Admission} first. For one listening socket. */
record AdmittingTransport(Admission admission) implements Transport, io.vertx.core.spi.transport.Transport {

    private static final io.vertx.core.spi.transport.Transport NIO = Transport.NIO.implementation();

    @Override
    public String name() {
        return "admitting";
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public Throwable unavailabilityCause() {
        return null;
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return this;
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        return NIO.ioHandlerFactory();
    }

    @Override
    public DatagramChannel datagramChannel() {
        return NIO.datagramChannel();
    }

    @Override
    @SuppressWarnings("deprecation") // Vert.x asks for it
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return NIO.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        return NIO.channelFactory(domainSocket);
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return NIO.serverChannelFactory(domainSocket);
    }

    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        io.vertx.core.spi.transport.Transport.super.configure(options, domainSocket, bootstrap);
        bootstrap.handler(admission);
    }
}
