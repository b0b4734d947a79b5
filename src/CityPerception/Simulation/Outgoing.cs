namespace CityPerception.Simulation;

/// <summary>A message on its way out.</summary>
/// <param name="Source">The source it is meant for: the last part of the HTTP route.</param>
/// <param name="Topic">The MQTT topic; null for a message that is posted.</param>
/// <param name="Sender">The device or case: its messages keep their order.</param>
/// <param name="Due">When it leaves.</param>
/// <param name="Payload">The bytes.</param>
/// <param name="Fault">What is wrong with it.</param>
internal sealed record Outgoing(string Source, string? Topic, string Sender, DateTimeOffset Due, ReadOnlyMemory<byte> Payload, SimulationFault Fault)
{
    /// <summary>The name that it is published under; null for a message that is posted.</summary>
    public string? Publisher => Topic?.Split('/')[2];

    /// <summary>Of a message that is posted.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>A device's memory is short; what offices write is kept until it is delivered.</summary>
    public bool IsTelemetry { get; init; }
}
