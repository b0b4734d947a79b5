using System.Collections.Frozen;
using Microsoft.AspNetCore.Mvc;

namespace CityPerception.Hosting;

/// <summary>Every error is a problem document (RFC 9457) whose title is in both languages.</summary>
internal static class Problems
{
    private static readonly FrozenDictionary<int, string> Titles = new Dictionary<int, string>
    {
        [400] = "Bad request · 请求有误",
        [401] = "Credentials needed · 需要身份凭据",
        [403] = "Not allowed · 无权访问",
        [404] = "Not found · 未找到",
        [405] = "Method not allowed · 不支持该请求方法",
        [406] = "Not available in that form · 无法提供所要求的格式",
        [408] = "Request timed out · 请求超时",
        [409] = "Conflict · 状态冲突",
        [413] = "Body too large · 请求体过大",
        [415] = "Media type not supported · 不支持的媒体类型",
        [422] = "Nothing of it could be accepted · 内容均无法接受",
        [429] = "Too many requests · 请求过于频繁",
        [431] = "Headers too large · 请求头过大",
        [500] = "Fault in the server · 服务器内部错误",
        [501] = "Not at this process · 本进程不提供",
        [503] = "Try again later · 请稍后重试",
    }.ToFrozenDictionary();

    public static IServiceCollection AddProblems(this IServiceCollection services) =>
        services.AddProblemDetails(o => o.CustomizeProblemDetails = context => Complete(context.ProblemDetails, context.HttpContext));

    /// <summary>Turns exceptions and empty error answers into problems.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app
        .UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = e => e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
            // A peer's mistake is not an error of ours.
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
        })
        .UseStatusCodePages();

    private static void Complete(ProblemDetails problem, HttpContext context)
    {
        if (Titles.TryGetValue(problem.Status ?? context.Response.StatusCode, out string? title)) problem.Title = title;
        problem.Instance ??= context.Request.Path;
    }
}
