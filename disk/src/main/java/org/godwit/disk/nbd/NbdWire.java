package org.godwit.disk.nbd;

/** The numbers of the protocol (doc/proto.md of the NBD project) that this client uses. */
final class NbdWire {

    static final long SERVER_MAGIC = 0x4e42444d41474943L;
    static final long OPTION_MAGIC = 0x49484156454F5054L;
    static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
    static final int REQUEST_MAGIC = 0x25609513;
    static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

    /** FIXED_NEWSTYLE and NO_ZEROES, which server and client both must know. */
    static final int HANDSHAKE_FLAGS = 3;

    static final int OPTION_GO = 7;
    static final int OPTION_STRUCTURED_REPLY = 8;
    static final int OPTION_SET_META_CONTEXT = 10;

    static final int OPTION_ACKNOWLEDGED = 1;
    static final int OPTION_INFO = 3;
    static final int OPTION_META_CONTEXT = 4;
    static final int INFO_EXPORT = 0;

    static final int EXPORT_READ_ONLY = 1 << 1;
    static final int EXPORT_FLUSH = 1 << 2;
    static final int EXPORT_WRITE_ZEROES = 1 << 6;

    static final int READ = 0;
    static final int WRITE = 1;
    static final int DISCONNECT = 2;
    static final int FLUSH = 3;
    static final int WRITE_ZEROES = 6;
    static final int BLOCK_STATUS = 7;

    static final int CHUNK_DONE = 1;
    static final int CHUNK_NONE = 0;
    static final int CHUNK_DATA = 1;
    static final int CHUNK_HOLE = 2;
    static final int CHUNK_BLOCK_STATUS = 5;
    static final int CHUNK_ERROR_BIT = 1 << 15;

    static final int REQUEST_LENGTH = 28;
    static final int EXTENT_LENGTH = 8;
    /** What every server takes in one request. */
    static final int PAYLOAD_MAX = 32 << 20;

    static final int ERROR_NO_SPACE = 28;

    private NbdWire() {}
}
