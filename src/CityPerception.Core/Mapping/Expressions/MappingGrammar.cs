using CityPerception.Core.Mapping.Paths;
using Parlot.Fluent;

namespace CityPerception.Core.Mapping.Expressions;

/// <summary>The grammar of paths and expressions (see ingest-configs/README.md), on Parlot's combinators.</summary>
internal static class MappingGrammar
{
    private static readonly Parser<MappingPath> PathParser = BuildPath();
    private static readonly Parser<MappingPath> WholePath = Literals.WhiteSpace().Optional().SkipAnd(PathParser).AndSkip(Literals.WhiteSpace().Optional()).Eof();
    private static readonly Parser<Syntax> WholeExpression = BuildExpression().AndSkip(Literals.WhiteSpace().Optional()).Eof();

    public static MappingPath? ParsePath(string text) => WholePath.TryParse(text, out MappingPath? path) && path is not null ? path with { Text = text.Trim() } : null;

    public static Syntax? ParseExpression(string text) => WholeExpression.TryParse(text, out Syntax? syntax) ? syntax : null;

    private static Parser<MappingPath> BuildPath()
    {
        // RFC 9535, 2.5.1: a name in shorthand begins with a letter, "_" or a non-ASCII character; digits may follow.
        Parser<string> name = Literals.Pattern(static c => char.IsAsciiLetterOrDigit(c) || c == '_' || c > 127)
            .When(static (_, span) => !char.IsAsciiDigit(span.Span[0]))
            .Then(static span => span.ToString());
        Parser<string> quoted = Literals.String(StringLiteralQuotes.SingleOrDouble).Then(static s => s.ToString());

        Parser<PathSegment> any = Literals.Char('*').Then<PathSegment>(static _ => new PathSegment.Any());
        Parser<PathSegment> dotted = Literals.Char('.').SkipAnd(
            any.Or(name.Then<PathSegment>(static n => new PathSegment.Member(n))));
        Parser<PathSegment> bracketed = Between(
            Literals.Char('['),
            any.Or(quoted.Then<PathSegment>(static n => new PathSegment.Member(n)))
                .Or(Literals.Integer(NumberOptions.None).Then<PathSegment>(static i => new PathSegment.Index((int)i))),
            Literals.Char(']'));

        Parser<(int Up, bool IsKey)> root = Literals.Char('$').Then(static _ => (MappingPath.Root, false));
        Parser<(int Up, bool IsKey)> current = Literals.Char('@')
            .SkipAnd(ZeroOrMany(Literals.Char('^')))
            .And(Literals.Char('~').Optional())
            .Then(static t => (t.Item1.Count, t.Item2.HasValue));

        return root.Or(current).And(ZeroOrMany(dotted.Or(bracketed)))
            .Then(static t => new MappingPath(t.Item1.Up, t.Item1.IsKey, [.. t.Item2], ""))
            .When(static (_, path) => !path.IsKey || path.Segments.IsEmpty);
    }

    private static Parser<Syntax> BuildExpression()
    {
        Deferred<Syntax> expression = Deferred<Syntax>();

        Parser<Syntax> number = Terms.Number<double>(NumberOptions.AllowDecimalSeparator | NumberOptions.AllowExponent).Then<Syntax>(static d => new Syntax.Number(d));
        Parser<Syntax> text = Terms.String(StringLiteralQuotes.SingleOrDouble).Then<Syntax>(static s => new Syntax.Text(s.ToString()));
        Parser<Syntax> path = Literals.WhiteSpace().Optional().SkipAnd(PathParser).Then<Syntax>(static p => new Syntax.Path(p));
        Parser<Syntax> parenthesised = Between(Terms.Char('('), expression, Terms.Char(')'));
        Parser<IReadOnlyList<Syntax>> none = Terms.Char('(').And(Terms.Char(')')).Then<IReadOnlyList<Syntax>>(static _ => []);
        Parser<IReadOnlyList<Syntax>> some = Between(Terms.Char('('), Separated(Terms.Char(','), expression), Terms.Char(')'));
        Parser<Syntax> word = Terms.Identifier()
            .And(none.Or(some).Optional())
            .When(static (_, t) => t.Item2.HasValue || t.Item1.ToString() is "true" or "false" or "null")
            .Then<Syntax>(static t => t.Item2.HasValue
                ? new Syntax.Call(t.Item1.ToString(), [.. t.Item2.Value!])
                : new Syntax.Literal(t.Item1.ToString() switch { "true" => true, "false" => false, _ => null }));

        Parser<Syntax> primary = number.Or(text).Or(path).Or(parenthesised).Or(word);
        Parser<Syntax> unary = primary.Unary(Operator("-"));
        Parser<Syntax> product = unary.LeftAssociative(Operators("*", "/", "%"));
        Parser<Syntax> sum = product.LeftAssociative(Operators("+", "-"));
        Parser<Syntax> comparison = sum.LeftAssociative(Operators("==", "!=", "<=", ">=", "<", ">"));
        Parser<Syntax> negation = comparison.Unary((Terms.Keyword("not"), static operand => new Syntax.Unary("not", operand)));
        Parser<Syntax> conjunction = negation.LeftAssociative((Terms.Keyword("and"), static (a, b) => new Syntax.Binary("and", a, b)));
        Parser<Syntax> disjunction = conjunction.LeftAssociative((Terms.Keyword("or"), static (a, b) => new Syntax.Binary("or", a, b)));

        expression.Parser = disjunction;
        return expression;
    }

    private static (Parser<string>, Func<Syntax, Syntax>) Operator(string symbol) =>
        (Terms.Text(symbol), operand => new Syntax.Unary(symbol, operand));

    private static (Parser<string>, Func<Syntax, Syntax, Syntax>)[] Operators(params string[] symbols) =>
        [.. symbols.Select(s => (Terms.Text(s), (Func<Syntax, Syntax, Syntax>)((a, b) => new Syntax.Binary(s, a, b))))];
}
