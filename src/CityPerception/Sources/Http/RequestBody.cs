using System.Buffers;
using CityPerception.Core.Observations;

namespace CityPerception.Sources.Http;

/// <summary>A request's body in a rented buffer, decompressed and bounded. Dispose it.</summary>
internal sealed class RequestBody : IDisposable
{
    // What is rented at first: a larger Content-Length is only a claim, and the buffer grows with what really comes.
    private const int MinBytes = 4 << 10, MaxFirstBytes = 64 << 10;

    private byte[] _bytes;
    private int _length;

    private RequestBody(byte[] bytes) => _bytes = bytes;

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>Reads the body, whose compression the pipeline has undone. Gives back what is wrong, or null.</summary>
    public static async Task<(RequestBody? Body, Rejection? Fault)> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        // What the decompression did not know it left in place, with its header.
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding)
            return (null, new Rejection(RejectionReason.ContentEncodingInvalid, 0, "Content-Encoding", $"found {encoding}; allowed: gzip, deflate, br, or none"));

        // One byte more than announced, so that the end is seen without growing.
        long first = Math.Clamp((request.ContentLength ?? 0) + 1, MinBytes, MaxFirstBytes);
        var body = new RequestBody(ArrayPool<byte>.Shared.Rent((int)first));
        Rejection? fault = await body.FillAsync(request.Body, maxBytes, cancellationToken);
        if (fault is null) return (body, null);
        body.Dispose();
        return (null, fault);
    }

    public void Dispose()
    {
        byte[] bytes = Interlocked.Exchange(ref _bytes, []);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
    }

    private async Task<Rejection?> FillAsync(Stream stream, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (_length == _bytes.Length) Grow();
                int read = await stream.ReadAsync(_bytes.AsMemory(_length), cancellationToken);
                if (read == 0) return null;
                _length += read;
                if (_length > maxBytes) return TooLarge(maxBytes);
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge(maxBytes);
        }
        catch (InvalidDataException)
        {
            return new Rejection(RejectionReason.ContentEncodingInvalid, 0, "body", "the body is not what its Content-Encoding says, or it is cut off");
        }
        catch (InvalidOperationException)
        {
            // The decompression stops a body that grows beyond the limit with this exception.
            return TooLarge(maxBytes);
        }
    }

    private static Rejection TooLarge(long maxBytes) =>
        new(RejectionReason.PayloadTooLarge, 0, "body", $"larger than {maxBytes} bytes (Http:MaxBodyBytes), compressed or not; send it in parts");

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
