using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Azure;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>What became of a CONNECT.</summary>
/// <param name="Name">Who it is in the Azure IoT dialect; null for a client that is none of it.</param>
/// <param name="End">When the connection ends by itself.</param>
/// <param name="Refusal">Why it may not connect, without a part of its token; null if it may.</param>
internal readonly record struct Admission(AzureName? Name, DateTimeOffset End, string? Refusal)
{
    /// <summary>A client that is none of the dialect.</summary>
    public static Admission Nobody { get; } = new(null, DateTimeOffset.MaxValue, null);

    /// <summary>The device of the registry, the key file or the certificate that it has shown to be; null where credentials are not required.</summary>
    public string? Device { get; init; }

    /// <summary>The registry has it.</summary>
    public bool IsRegistered { get; init; }

    /// <summary>What it showed, where that is of the registry.</summary>
    public Guid? Credential { get; init; }

    /// <summary>The certificate that it showed, where an authority has signed it.</summary>
    public ClientCertificate? Signed { get; init; }

    /// <summary>Of which kind <see cref="Refusal"/> is.</summary>
    public RefusalReason Reason { get; init; }

    public static Admission Refuse(string why, RefusalReason reason = RefusalReason.TokenInvalid) => new(null, DateTimeOffset.MaxValue, why) { Reason = reason };
}
