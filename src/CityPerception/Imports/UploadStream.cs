using CityPerception.Imports.Reading;

namespace CityPerception.Imports;

/// <summary>A request's body whose failures are said in words for whoever sent it.</summary>
internal sealed class UploadStream(Stream body, long maxBytes) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new ImportFaultException(TooLarge(maxBytes), StatusCodes.Status413PayloadTooLarge);
        }
        catch (InvalidOperationException)
        {
            throw new ImportFaultException(TooLarge(maxBytes), StatusCodes.Status413PayloadTooLarge); // the decompression says it so
        }
        catch (InvalidDataException)
        {
            throw new ImportFaultException("The body is not what its Content-Encoding says, or it is cut off. 压缩内容损坏。");
        }
        catch (IOException)
        {
            throw new ImportFaultException("The body ended before it was complete; send the rest again. 上传中断，请继续上传。");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Says that a body is too large.</summary>
    public static string TooLarge(long maxBytes) => $"larger than {maxBytes} bytes (Http:MaxUploadBytes), compressed or not; send it in parts. 文件过大，请分批上传。";
}
