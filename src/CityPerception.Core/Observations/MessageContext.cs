namespace CityPerception.Core.Observations;

/// <summary>
/// What earlier messages of the same sender said, for formats whose messages do not stand alone. A transport that keeps
/// such state hands it on with each message; the decoder that knows it reads it. It does not change while it is read.
/// </summary>
public abstract class MessageContext;
