using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Hj212;

/// <summary>
/// Opens command parameters that a device has encrypted (HJ 212-2025: SM4, ECB). It comes to the decoder as the message's
/// properties, so that keys are with whoever received the frame and nowhere in the mapping.
/// </summary>
public interface IHj212Opener : IMessageProperties
{
    /// <summary>Whether there is a key of the device.</summary>
    bool HasKeyOf(ReadOnlySpan<byte> device);

    /// <summary>Decrypts with the device's keys, the first that gives parameters (<see cref="Hj212Cipher.TryTrim"/>). False if none does.</summary>
    /// <param name="device">MN.</param>
    /// <param name="cipher">Whole blocks of 16 bytes.</param>
    /// <param name="plain">Room for as many bytes.</param>
    /// <param name="length">How many of them are parameters.</param>
    bool TryOpen(ReadOnlySpan<byte> device, ReadOnlySpan<byte> cipher, Span<byte> plain, out int length);
}
