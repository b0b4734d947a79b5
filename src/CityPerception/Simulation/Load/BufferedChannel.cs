using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace CityPerception.Simulation.Load;

/// <summary>
/// MQTTnet's TCP or WebSocket channel with buffers on both ways. MQTTnet writes each packet by itself and reads each in
/// two parts, which costs three system calls a message; here many packets share one.
/// </summary>
/// <remarks>For one reader, one writer and one flush at a time; what is written is on its way only after a flush.</remarks>
internal sealed class BufferedChannel(IMqttChannel inner) : IMqttChannel
{
    private const int FirstOutput = 1024;

    private byte[] _output = new byte[FirstOutput], _leaving = new byte[FirstOutput];
    private byte[] _input = [];
    private int _outputLength, _inputStart, _inputEnd;

    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    /// <summary>Something has been received that nobody has read yet.</summary>
    public bool HasInput => _inputEnd > _inputStart;

    /// <summary>Bytes that wait for a flush.</summary>
    public int Unflushed => _outputLength;

    /// <summary>Received at once, at most; taken when the first bytes come.</summary>
    public int InputBytes { get; init; } = 16 << 10;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        HasInput ? Task.FromResult(Take(buffer.AsSpan(offset, count))) : ReceiveAsync(buffer, offset, count, cancellationToken);

    public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        int length = (int)buffer.Length;
        if (_output.Length - _outputLength < length) Array.Resize(ref _output, Math.Max(_output.Length * 2, _outputLength + length));
        buffer.CopyTo(_output.AsSpan(_outputLength));
        _outputLength += length;
        return Task.CompletedTask;
    }

    /// <summary>Sends what was written. Writing may go on meanwhile; another flush may not begin.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_outputLength == 0) return Task.CompletedTask;
        (_output, _leaving) = (_leaving, _output);
        int length = _outputLength;
        _outputLength = 0;
        return inner.WriteAsync(new ReadOnlySequence<byte>(_leaving, 0, length), true, cancellationToken);
    }

    public void Dispose() => inner.Dispose();

    private async Task<int> ReceiveAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (_input.Length == 0) _input = new byte[InputBytes];
        _inputStart = 0;
        _inputEnd = await inner.ReadAsync(_input, 0, _input.Length, cancellationToken);
        return Take(buffer.AsSpan(offset, count));
    }

    private int Take(Span<byte> destination)
    {
        int length = Math.Min(destination.Length, _inputEnd - _inputStart);
        _input.AsSpan(_inputStart, length).CopyTo(destination);
        _inputStart += length;
        return length;
    }
}
